import { errorKind } from '#shared/base/errors';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { sleep } from '#shared/runtime/waiting';
import type { Read } from '../domain/measurement.ts';
import type { RotorLease, RunnerParts } from './ports.ts';
import { createClockSync, type ClockSync, type Settled } from './clock-sync.ts';

/** The receiver of a session: tunes while the rotor moves, reads once the mount has settled. */
export interface SessionReceiver {
  /** Measures the clock offsets again: after a new lease or a restart of the sampler. */
  forgetClocks(): void;
  /** Measures outdated clock offsets in the background. */
  updateClocks(lease: RotorLease, signal: AbortSignal): void;
  /** Converts times of the driver's clock; undefined while the offsets are unknown. */
  readonly translate: ClockSync['translate'];
  /**
   * Tunes the receiver meanwhile: a retune takes about 50 ms, measuring an unknown lateness 400 ms,
   * opening a dongle 1 s.
   */
  prepareDuring<T>(work: () => Promise<T>): Promise<T>;
  /** Takes reads after the mount has settled (at `settled`; undefined: now). */
  read(count: number, lease: RotorLease, settled: Settled | undefined, signal: AbortSignal): Promise<Read[]>;
}

export function createSessionReceiver(
  rotor: RotorConfig,
  { receiver, clock }: Pick<RunnerParts, 'receiver' | 'clock'>,
): SessionReceiver {
  let clocks = createClockSync(receiver, clock);

  function forgetClocks(): void {
    clocks = createClockSync(receiver, clock);
  }

  function updateClocks(lease: RotorLease, signal: AbortSignal): void {
    if (rotor.rssiSource === 'sdr') clocks.update(lease, signal);
  }

  return {
    forgetClocks,
    updateClocks,
    get translate() {
      return clocks.translate;
    },
    async prepareDuring(work) {
      const underWay = new AbortController();
      if (rotor.rssiSource === 'sdr') receiver.prepare(rotor.receiver, underWay.signal);
      try {
        return await work();
      } finally {
        underWay.abort();
      }
    },
    async read(count, lease, settled, signal) {
      if (rotor.rssiSource === 'rotctld') return lease.measure(count, signal);
      try {
        const reads = receiver.measure(rotor.receiver, count, signal, settled?.sampler);
        // Driver and sampler are otherwise idle now.
        updateClocks(lease, signal);
        return await reads;
      } catch (error) {
        // The sampler may have restarted with another clock.
        forgetClocks();
        if (!settled || errorKind(error) !== 'wrong_state') throw error;
        await sleep(settled.localMs - clock.monotonicMs(), signal);
        return await receiver.measure(rotor.receiver, count, signal);
      }
    },
  };
}
