import type { Clock } from '#shared/runtime/clock';
import type { Receiver, RotorLease, SamplerMoment } from './ports.ts';
import { clockOffsetMs, type ClockReading } from '../domain/clock-offset.ts';

// Clocks of two hosts drift apart by about 50 ppm: 0.5 ms in this time.
const OFFSETS_VALID_MS = 10_000;

// Takes about 4 ms on one host; with eight round trips, the shortest one is rarely delayed.
const ROUND_TRIPS = 8;

/** A moment of the driver's clock, converted to the sampler's clock and to the local one. */
export interface Settled {
  sampler: SamplerMoment;
  /** Local monotonic time, milliseconds. */
  localMs: number;
}

/** Offsets from the clocks of driver and sampler to the local clock, milliseconds. */
interface Offsets {
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
  #offsets: Offsets | undefined;
  #isMeasuring = false;

  constructor(receiver: Receiver, clock: Clock) {
    this.#receiver = receiver;
    this.#clock = clock;
  }

  /** Converts a time of the driver's clock; undefined while the offsets are unknown. */
  get translate(): ((settledAtMs: number) => Settled) | undefined {
    if (!this.#offsets) return undefined;
    const { driverMs, samplerMs, clock } = this.#offsets;
    return (settledAtMs) => ({
      sampler: { monotonicMs: settledAtMs + driverMs - samplerMs, clock },
      localMs: settledAtMs + driverMs,
    });
  }

  /**
   * Measures the offsets in the background when they are outdated. Errors leave them unknown; the
   * calls that need the peers report them.
   */
  update(lease: RotorLease, signal: AbortSignal): void {
    const { askedMs } = this.#offsets ?? {};
    if (
      this.#isMeasuring ||
      (askedMs !== undefined && this.#clock.monotonicMs() - askedMs < OFFSETS_VALID_MS)
    )
      return;
    this.#isMeasuring = true;
    this.#measure(lease, signal)
      .then(
        (offsets) => (this.#offsets = offsets),
        () => (this.#offsets = undefined),
      )
      .finally(() => (this.#isMeasuring = false));
  }

  async #measure(lease: RotorLease, signal: AbortSignal): Promise<Offsets> {
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
    if (names.size !== 1) throw new Error('the sampler restarted during the measurement');
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
  const readings: ClockReading[] = [];
  while (readings.length < ROUND_TRIPS) {
    const sentMs = clock.monotonicMs();
    const remoteMs = await readClock(signal);
    readings.push({ sentMs, receivedMs: clock.monotonicMs(), remoteMs });
  }
  return clockOffsetMs(readings);
}
