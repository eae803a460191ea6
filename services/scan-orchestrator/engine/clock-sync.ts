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
export interface ClockOffsets {
  driverMs: number;
  samplerMs: number;
}

interface MeasuredOffsets extends ClockOffsets {
  /** Name of the sampler's clock. */
  clock: string;
  askedMs: number;
}

/**
 * Converts the settling time reported by the driver to the sampler's clock, so that reads can be
 * requested before the mount has settled. Valid for one lease.
 */
export interface ClockSync {
  /** Converts a time of the driver's clock; undefined while the offsets are unknown. */
  readonly translate: ((settledAtMs: number) => Settled) | undefined;
  /**
   * Measures the offsets in the background when they are outdated. Errors leave them unknown; the
   * calls that need the peers report them.
   */
  update(lease: RotorLease, signal: AbortSignal): void;
}

export function createClockSync(receiver: Receiver, clock: Clock): ClockSync {
  let offsets: MeasuredOffsets | undefined;
  let isMeasuring = false;

  function areCurrent(): boolean {
    return offsets !== undefined && clock.monotonicMs() - offsets.askedMs < OFFSETS_VALID_MS;
  }

  return {
    get translate() {
      return offsets && translation(offsets);
    },
    update(lease, signal) {
      if (isMeasuring || areCurrent()) return;
      isMeasuring = true;
      measureBoth(receiver, lease, clock, signal)
        .then(
          (measured) => (offsets = measured),
          () => (offsets = undefined),
        )
        .finally(() => (isMeasuring = false));
    },
  };
}

function translation({ driverMs, samplerMs, clock }: MeasuredOffsets): (settledAtMs: number) => Settled {
  return (settledAtMs) => ({
    sampler: { monotonicMs: settledAtMs + driverMs - samplerMs, clock },
    localMs: settledAtMs + driverMs,
  });
}

async function measureBoth(
  receiver: Receiver,
  lease: RotorLease,
  clock: Clock,
  signal: AbortSignal,
): Promise<MeasuredOffsets> {
  const askedMs = clock.monotonicMs();
  const names = new Set<string>();
  const samplerMs = await measureOffsetMs(
    async (both) => {
      const reading = await receiver.readClock(both);
      names.add(reading.clock);
      return reading.monotonicMs;
    },
    clock,
    signal,
  );
  const driverMs = await measureOffsetMs((both) => lease.readClock(both), clock, signal);
  const [name = ''] = names;
  if (names.size !== 1) throw new Error('the sampler restarted during the measurement');
  return { driverMs, samplerMs, clock: name, askedMs };
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
