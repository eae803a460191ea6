import type { Clock } from '#shared/runtime/clock';
import type { Receiver, RotorHold, SamplerMoment } from './ports.ts';
import { askOffsetMs } from './steady-clocks.ts';

// Clocks of two hosts run apart by some 50 parts in a million: half a millisecond in so long.
const GOOD_FOR_MS = 10_000;

/** A moment of the driver's clock on the others. */
export interface Settled {
  sampler: SamplerMoment;
  /** On our own clock, milliseconds. */
  oursMs: number;
}

/** What has to be added to the times of driver and sampler to get ours, milliseconds. */
interface Known {
  driverMs: number;
  samplerMs: number;
  clock: string;
  askedMs: number;
}

/**
 * Tells the sampler when the mount has settled, in the sampler's own time: it is asked before that
 * moment, and no way of a message lies between settling and measuring. Good for one lease.
 */
export class SettleClocks {
  readonly #receiver: Receiver;
  readonly #clock: Clock;
  #known: Known | undefined;
  #asking = false;

  constructor(receiver: Receiver, clock: Clock) {
    this.#receiver = receiver;
    this.#clock = clock;
  }

  /** Puts moments of the driver's clock on the others; undefined while it is not known how. */
  get translate(): ((settledAtMs: number) => Settled) | undefined {
    const known = this.#known;
    if (!known) return undefined;
    const { driverMs, samplerMs, clock } = known;
    return (settledAtMs) => ({
      sampler: { steadyMs: settledAtMs + driverMs - samplerMs, clock },
      oursMs: settledAtMs + driverMs,
    });
  }

  /**
   * Compares the clocks beside whatever goes on, when that is due. What goes wrong shows in what
   * goes on.
   */
  compare(hold: RotorHold, signal: AbortSignal): void {
    const { askedMs } = this.#known ?? {};
    if (this.#asking || (askedMs !== undefined && this.#clock.monotonicMs() - askedMs < GOOD_FOR_MS)) return;
    this.#asking = true;
    this.#ask(hold, signal)
      .then(
        (known) => (this.#known = known),
        () => (this.#known = undefined),
      )
      .finally(() => (this.#asking = false));
  }

  async #ask(hold: RotorHold, signal: AbortSignal): Promise<Known> {
    const askedMs = this.#clock.monotonicMs();
    const names = new Set<string>();
    const samplerMs = await askOffsetMs(
      async (both) => {
        const { steadyMs, clock } = await this.#receiver.readClock(both);
        names.add(clock);
        return steadyMs;
      },
      this.#clock,
      signal,
    );
    const driverMs = await askOffsetMs((both) => hold.readClock(both), this.#clock, signal);
    const [clock = ''] = names;
    if (names.size !== 1) throw new Error('the sampler was started anew meanwhile');
    return { driverMs, samplerMs, clock, askedMs };
  }
}
