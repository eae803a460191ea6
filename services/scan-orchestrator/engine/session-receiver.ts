import { errorKind } from '#shared/base/errors';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { sleep } from '#shared/runtime/waiting';
import type { Read } from '../domain/measurement.ts';
import type { RotorLease, RunnerParts } from './ports.ts';
import { ClockSync, type Settled } from './clock-sync.ts';

type Parts = Pick<RunnerParts, 'receiver' | 'clock'>;

/** The receiver of a session: tunes while the rotor moves, reads once the mount has settled. */
export class SessionReceiver {
  readonly #rotor: RotorConfig;
  readonly #parts: Parts;
  #clocks: ClockSync;

  constructor(rotor: RotorConfig, parts: Parts) {
    this.#rotor = rotor;
    this.#parts = parts;
    this.#clocks = new ClockSync(parts.receiver, parts.clock);
  }

  /** Measures the clock offsets again: after a new lease or a restart of the sampler. */
  forgetClocks(): void {
    this.#clocks = new ClockSync(this.#parts.receiver, this.#parts.clock);
  }

  /** Converts times of the driver's clock; undefined while the offsets are unknown. */
  get translate(): ClockSync['translate'] {
    return this.#clocks.translate;
  }

  /**
   * Tunes the receiver meanwhile: a retune takes about 50 ms, measuring an unknown lateness 400 ms,
   * opening a dongle 1 s.
   */
  async prepareDuring<T>(work: () => Promise<T>): Promise<T> {
    const underWay = new AbortController();
    if (this.#rotor.rssiSource === 'sdr') this.#parts.receiver.prepare(this.#rotor.receiver, underWay.signal);
    try {
      return await work();
    } finally {
      underWay.abort();
    }
  }

  /** Takes reads after the mount has settled (at `settled`; undefined: now). */
  async read(
    count: number,
    lease: RotorLease,
    settled: Settled | undefined,
    signal: AbortSignal,
  ): Promise<Read[]> {
    if (this.#rotor.rssiSource === 'rotctld') return lease.measure(count, signal);
    const { receiver, clock } = this.#parts;
    const settings = this.#rotor.receiver;
    try {
      const reads = receiver.measure(settings, count, signal, settled?.sampler);
      // Driver and sampler are otherwise idle now.
      this.#clocks.update(lease, signal);
      return await reads;
    } catch (error) {
      // The sampler may have restarted with another clock.
      this.forgetClocks();
      if (!settled || errorKind(error) !== 'wrong_state') throw error;
      await sleep(settled.localMs - clock.monotonicMs(), signal);
      return await receiver.measure(settings, count, signal);
    }
  }
}
