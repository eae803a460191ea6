import { median, robustDeviation } from './statistics.ts';

/** One reading of an axis: degrees, monotonic milliseconds. */
export interface AxisReading {
  atMs: number;
  deg: number;
}

/** The readbacks of one test move of one axis. */
export interface Trace {
  /** The previous setpoint and the new one. */
  fromDeg: number;
  toDeg: number;
  /** When the command reached the controller. */
  commandedMs: number;
  /** From shortly before the command until the axis rests. */
  readings: readonly AxisReading[];
}

/** The end of a move. */
export interface MoveEnd {
  /** The position at rest. */
  deg: number;
  /** Standard deviation of the readback at rest, degrees. */
  noiseDeg: number;
  /** Readings within this distance of `deg` may be at rest. */
  bandDeg: number;
  /** The first reading within the band. */
  firstMs: number;
  /** The first reading after which all others are within the band. */
  sinceMs: number;
}

/** A rotor whose readback has not changed for this long rests. */
const REST_MS = 500;
const OUTLIER_DEG = 1;

/** Removes readings that disagree with both neighbours. */
export function withoutOutliers(readings: readonly AxisReading[]): AxisReading[] {
  const last = readings.length - 1;
  return readings.filter(({ atMs, deg }, i) => {
    // The first and the last reading have two neighbours on one side.
    const before = readings[i === last ? i - 2 : Math.max(i - 1, 1)];
    const after = readings[i === 0 ? 2 : Math.min(i + 1, last - 1)];
    if (last < 2 || !before || !after) return true;
    const share = (atMs - before.atMs) / Math.max(1e-6, after.atMs - before.atMs);
    const expected = before.deg + share * (after.deg - before.deg);
    return Math.abs(deg - expected) <= OUTLIER_DEG + Math.abs(after.deg - before.deg);
  });
}

/** Whether the readings of the last half second, at least three, agree within `bandDeg`. */
export function hasComeToRest(readings: readonly AxisReading[], bandDeg: number): boolean {
  const last = readings.at(-1);
  if (!last) return false;
  const from = readings.findLastIndex(({ atMs }) => atMs <= last.atMs - REST_MS);
  const window = readings.slice(Math.min(from, readings.length - 3));
  if (from < 0 || window.length < 3) return false;
  const all = window.map(({ deg }) => deg);
  return Math.max(...all) - Math.min(...all) <= bandDeg;
}

/** The end of a move; undefined without readings. */
export function moveEndOf(trace: Trace, stepDeg: number): MoveEnd | undefined {
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

/** The step of a readback: the smallest difference between its values; undefined for too few. */
export function resolutionDegOf(readings: readonly AxisReading[]): number | undefined {
  const values = [...new Set(readings.map(({ deg }) => Math.round(deg * 1e4)))].sort((a, b) => a - b);
  const gaps = values.slice(1).map((value, i) => value - (values[i] ?? 0));
  if (gaps.length < MIN_GAPS) return undefined;
  const smallest = Math.min(...gaps);
  // Encoders with 4096 steps report two decimals: their steps are 0.09 and 0.08.
  const similar = gaps.filter((gap) => gap < 1.5 * smallest);
  const mean = similar.reduce((sum, gap) => sum + gap, 0) / similar.length;
  return Math.round(similar.length >= MIN_GAPS ? mean : smallest) / 1e4;
}

const MIN_GAPS = 5;
