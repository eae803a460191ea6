import { errorKind } from '#shared/base/errors';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { sleep } from '#shared/runtime/waiting';
import type { Read } from '../domain/measurement.ts';
import type { RotorHold, RunnerParts } from './ports.ts';
import { SettleClocks, type Settled } from './settle-clocks.ts';

type Parts = Pick<RunnerParts, 'receiver' | 'clock'>;

/**
 * The receiver of a session: set up while the rotor moves, read from the moment on when the mount
 * has settled.
 */
export class SessionReceiver {
  readonly #rotor: RotorConfig;
  readonly #parts: Parts;
  #clocks: SettleClocks;

  constructor(rotor: RotorConfig, parts: Parts) {
    this.#rotor = rotor;
    this.#parts = parts;
    this.#clocks = new SettleClocks(parts.receiver, parts.clock);
  }

  /** Has the clocks compared again: for another lease, or after a restart of the sampler. */
  forgetClocks(): void {
    this.#clocks = new SettleClocks(this.#parts.receiver, this.#parts.clock);
  }

  /** Puts moments of the driver's clock on the others; undefined while it is not known how. */
  get translate(): SettleClocks['translate'] {
    return this.#clocks.translate;
  }

  /**
   * The receiver is set up meanwhile: a tuner needs some 50 ms for another frequency, an unknown
   * lateness 400 ms, a dongle a second.
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

  /** Reads taken after the mount has settled (`settled`; undefined: it has). */
  async read(
    count: number,
    hold: RotorHold,
    settled: Settled | undefined,
    signal: AbortSignal,
  ): Promise<Read[]> {
    if (this.#rotor.rssiSource === 'rotctld') return hold.measure(count, signal);
    const { receiver, clock } = this.#parts;
    const settings = this.#rotor.receiver;
    try {
      const reads = receiver.measure(settings, count, signal, settled?.sampler);
      // Neither clock is in use meanwhile.
      this.#clocks.compare(hold, signal);
      return await reads;
    } catch (error) {
      // The sampler may have been restarted: its clock is another one then, and this one is of no
      // use.
      this.forgetClocks();
      if (!settled || errorKind(error) !== 'wrong_state') throw error;
      await sleep(settled.oursMs - clock.monotonicMs(), signal);
      return await receiver.measure(settings, count, signal);
    }
  }
}
