import type { Clock } from '#shared/runtime/clock';
import type { Receiver, RotorLease, SamplerMoment } from './ports.ts';
import { clockOffsetMs, type ClockAnswer } from '../domain/clock-offset.ts';

// Clocks of two hosts drift apart by about 50 ppm: 0.5 ms in this time.
const GOOD_FOR_MS = 10_000;

// Takes about 4 ms on one host; with eight round trips, the shortest one is rarely delayed.
const QUESTIONS = 8;

/** A moment of the driver's clock, converted to the sampler's clock and to the local one. */
export interface Settled {
  sampler: SamplerMoment;
  /** Local monotonic time, milliseconds. */
  localMs: number;
}

/** Offsets from the clocks of driver and sampler to the local clock, milliseconds. */
interface Known {
  driverMs: number;
  samplerMs: number;
  clock: string;
  askedMs: number;
}

/**
 * Converts the settling time reported by the driver to the sampler's clock, so that reads can be
 * requested before the mount has settled. Valid for one lease.
 */
export class ClockSync {
  readonly #receiver: Receiver;
  readonly #clock: Clock;
  #known: Known | undefined;
  #asking = false;

  constructor(receiver: Receiver, clock: Clock) {
    this.#receiver = receiver;
    this.#clock = clock;
  }

  /** Converts a time of the driver's clock; undefined while the offsets are unknown. */
  get translate(): ((settledAtMs: number) => Settled) | undefined {
    const known = this.#known;
    if (!known) return undefined;
    const { driverMs, samplerMs, clock } = known;
    return (settledAtMs) => ({
      sampler: { monotonicMs: settledAtMs + driverMs - samplerMs, clock },
      localMs: settledAtMs + driverMs,
    });
  }

  /**
   * Measures the offsets in the background when they are outdated. Errors leave them unknown; the
   * calls that need the peers report them.
   */
  compare(lease: RotorLease, signal: AbortSignal): void {
    const { askedMs } = this.#known ?? {};
    if (this.#asking || (askedMs !== undefined && this.#clock.monotonicMs() - askedMs < GOOD_FOR_MS)) return;
    this.#asking = true;
    this.#ask(lease, signal)
      .then(
        (known) => (this.#known = known),
        () => (this.#known = undefined),
      )
      .finally(() => (this.#asking = false));
  }

  async #ask(lease: RotorLease, signal: AbortSignal): Promise<Known> {
    const askedMs = this.#clock.monotonicMs();
    const names = new Set<string>();
    const samplerMs = await measureOffsetMs(
      async (both) => {
        const { monotonicMs, clock } = await this.#receiver.readClock(both);
        names.add(clock);
        return monotonicMs;
      },
      this.#clock,
      signal,
    );
    const driverMs = await measureOffsetMs((both) => lease.readClock(both), this.#clock, signal);
    const [clock = ''] = names;
    if (names.size !== 1) throw new Error('the sampler was started anew meanwhile');
    return { driverMs, samplerMs, clock, askedMs };
  }
}

/**
 * Measures the offset from another process's clock to the local one, milliseconds. Repeated before
 * each row, so that drift does not accumulate.
 */
export async function measureOffsetMs(
  readClock: (signal: AbortSignal) => Promise<number>,
  clock: Clock,
  signal: AbortSignal,
): Promise<number> {
  const answers: ClockAnswer[] = [];
  while (answers.length < QUESTIONS) {
    const askedMs = clock.monotonicMs();
    const theirMs = await readClock(signal);
    answers.push({ askedMs, answeredMs: clock.monotonicMs(), theirMs });
  }
  return clockOffsetMs(answers);
}
