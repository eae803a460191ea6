import { median, robustDeviation } from './statistics.ts';

/** Where an axis was when: degrees, monotonic milliseconds. */
export interface AxisReading {
  atMs: number;
  deg: number;
}

/** One test move of one axis, as its readbacks show it. */
export interface Trace {
  /** The setpoint before and this one. */
  fromDeg: number;
  toDeg: number;
  /** When the command reached the controller. */
  commandedMs: number;
  /** From shortly before the command until it rests. */
  readings: readonly AxisReading[];
}

/** How a move ended. */
export interface Rest {
  /** Where it rests. */
  deg: number;
  /** Standard deviation of the readback at rest, degrees. */
  noiseDeg: number;
  /** Nearer than this to where it rests it may be resting. */
  bandDeg: number;
  /** When it was first where it rests. */
  firstMs: number;
  /** From when on it rested. */
  sinceMs: number;
}

/** A rotor that has said the same for so long rests. */
const REST_MS = 500;
const STRAY_DEG = 1;

/** The trace without readings that no neighbour supports. */
export function withoutStrays(readings: readonly AxisReading[]): AxisReading[] {
  const last = readings.length - 1;
  return readings.filter(({ atMs, deg }, i) => {
    // At either end the two on the other side speak.
    const before = readings[i === last ? i - 2 : Math.max(i - 1, 1)];
    const after = readings[i === 0 ? 2 : Math.min(i + 1, last - 1)];
    if (last < 2 || !before || !after) return true;
    const share = (atMs - before.atMs) / Math.max(1e-6, after.atMs - before.atMs);
    const expected = before.deg + share * (after.deg - before.deg);
    return Math.abs(deg - expected) <= STRAY_DEG + Math.abs(after.deg - before.deg);
  });
}

/**
 * Whether the last readings, for half a second and at least three, all lie within `bandDeg` of each
 * other.
 */
export function hasComeToRest(readings: readonly AxisReading[], bandDeg: number): boolean {
  const last = readings.at(-1);
  if (!last) return false;
  const from = readings.findLastIndex(({ atMs }) => atMs <= last.atMs - REST_MS);
  const window = readings.slice(Math.min(from, readings.length - 3));
  if (from < 0 || window.length < 3) return false;
  const all = window.map(({ deg }) => deg);
  return Math.max(...all) - Math.min(...all) <= bandDeg;
}

/** How the move ended; undefined without readings. */
export function restOf(trace: Trace, stepDeg: number): Rest | undefined {
  const { readings, commandedMs } = trace;
  const last = readings.at(-1);
  if (!last) return undefined;
  const tail = readings.filter(({ atMs }) => atMs > Math.max(commandedMs, last.atMs - REST_MS));
  const degs = tail.map((reading) => reading.deg);
  const deg = median(degs) ?? last.deg;
  const noiseDeg = degs.length >= 5 ? robustDeviation(degs, deg) : 0;
  const bandDeg = Math.max(stepDeg, 5 * noiseDeg, 0.02) + 1e-6;
  const direction = Math.sign(trace.toDeg - trace.fromDeg);
  const moved = readings.filter(({ atMs }) => atMs >= commandedMs);
  const first = moved.find((reading) => (deg - reading.deg) * direction <= bandDeg) ?? last;
  const lastOff = moved.findLastIndex((reading) => Math.abs(reading.deg - deg) > bandDeg);
  const since = moved[lastOff + 1] ?? last;
  return { deg, noiseDeg, bandDeg, firstMs: first.atMs, sinceMs: Math.max(first.atMs, since.atMs) };
}

/**
 * The step of a readback: the smallest difference between neighbouring values; undefined while
 * there are too few.
 */
export function resolutionDegOf(readings: readonly AxisReading[]): number | undefined {
  const values = [...new Set(readings.map(({ deg }) => Math.round(deg * 1e4)))].sort((a, b) => a - b);
  const gaps = values.slice(1).map((value, i) => value - (values[i] ?? 0));
  if (gaps.length < FEWEST_GAPS) return undefined;
  const smallest = Math.min(...gaps);
  // Encoders of 4096 steps say two decimals: their steps are 0.09 and 0.08.
  const alike = gaps.filter((gap) => gap < 1.5 * smallest);
  const mean = alike.reduce((sum, gap) => sum + gap, 0) / alike.length;
  return Math.round(alike.length >= FEWEST_GAPS ? mean : smallest) / 1e4;
}

const FEWEST_GAPS = 5;
