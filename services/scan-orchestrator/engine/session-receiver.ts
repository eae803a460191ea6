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
  /**
   * The rotor is acquired: measures outdated clock offsets in the background, so that the reads of
   * the first slew can be requested before the mount has settled.
   */
  acquired(lease: RotorLease, signal: AbortSignal): void;
  /** Converts times of the driver's clock; undefined while the offsets are unknown. */
  readonly translate: ClockSync['translate'];
  /**
   * Tunes the receiver meanwhile: a retune takes about 50 ms, measuring an unknown lateness 400 ms,
   * opening a dongle 1 s.
   */
  prepareDuring<T>(work: () => Promise<T>): Promise<T>;
  /** Tunes it during the first slew after `acquired`, and while the clock offsets are unknown. */
  slewing<T>(slew: () => Promise<T>): Promise<T>;
  /** Takes reads after the mount has settled (at `settled`; undefined: now). */
  read(count: number, lease: RotorLease, settled: Settled | undefined, signal: AbortSignal): Promise<Read[]>;
}

export function createSessionReceiver(
  rotor: RotorConfig,
  { receiver, clock }: Pick<RunnerParts, 'receiver' | 'clock'>,
): SessionReceiver {
  let clocks = createClockSync(receiver, clock);
  let isFirstSlew = true;

  function forgetClocks(): void {
    clocks = createClockSync(receiver, clock);
  }

  async function prepareDuring<T>(work: () => Promise<T>): Promise<T> {
    const underWay = new AbortController();
    if (rotor.rssiSource === 'sdr') receiver.prepare(rotor.receiver, underWay.signal);
    try {
      return await work();
    } finally {
      underWay.abort();
    }
  }

  return {
    forgetClocks,
    acquired(lease, signal) {
      isFirstSlew = true;
      if (rotor.rssiSource === 'sdr') clocks.update(lease, signal);
    },
    get translate() {
      return clocks.translate;
    },
    prepareDuring,
    async slewing(slew) {
      const isReady = !isFirstSlew && clocks.translate !== undefined;
      isFirstSlew = false;
      return await (isReady ? slew() : prepareDuring(slew));
    },
    async read(count, lease, settled, signal) {
      if (rotor.rssiSource === 'rotctld') return lease.measure(count, signal);
      try {
        const reads = receiver.measure(rotor.receiver, count, signal, settled?.sampler);
        // Driver and sampler are otherwise idle now.
        clocks.update(lease, signal);
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
