import { linearToDb } from '#shared/sky/units';
import { medianOf } from '#shared/spectrum/median';
import { driftBaselines, type Drift } from '../finder/drift-baseline.ts';
import { rowsOf, type Row } from '../finder/rows.ts';
import { angleBetween, vectorAt } from '../finder/sphere.ts';
import { findGainSteps } from './gain-steps.ts';

/** The gain of a session relative to its baseline, by point. */
export interface SessionGain {
  /** What to subtract from each level, dB. */
  gainDb: Float64Array;
  /** Of the typical point, dB. */
  offsetDb: number;
  /** 1: the gain of the point is not known. */
  isUnsure: Uint8Array;
  rows: Row[];
  /** See `Baselines`; relative to the level. Undefined: the drift is not known. */
  drift: Drift | undefined;
  sigma: Float64Array;
}

/** With fewer levels nothing is aligned but the offset. */
const MIN_LEVELS = 30;
/** Beam widths of a row in which a step can be told from a source. */
const MIN_ROW = 6;
const LN10 = Math.log(10);

/**
 * The gain of the receiver and of the atmosphere relative to the usual levels: one offset,
 * sudden steps, and the most likely drift, without the points that look like a source that has
 * changed (driftBaselines). Rows are sweeps in time.
 * @param differenceDb Level less the usual level; NaN: not known.
 * @param relativeSigma Standard deviation of the noise of a level.
 */
export function sessionGain(
  differenceDb: Float64Array,
  vectors: Float64Array,
  timeMs: Float64Array,
  beamWidth: number,
  relativeSigma: number,
): SessionGain {
  const count = differenceDb.length;
  const known = Int32Array.from(differenceDb.keys()).filter((k) => !Number.isNaN(differenceDb[k]));
  const gain: SessionGain = {
    gainDb: new Float64Array(count),
    offsetDb: 0,
    isUnsure: new Uint8Array(count),
    rows: rowsOf(vectors, timeMs, undefined, beamWidth),
    drift: undefined,
    sigma: new Float64Array(count),
  };
  if (known.length === 0) return gain;
  gain.offsetDb = medianOf(Float64Array.from(known, (point) => differenceDb[point] as number));
  gain.gainDb.fill(gain.offsetDb);
  if (known.length < MIN_LEVELS) return gain;
  subtractSteps(gain, differenceDb, vectors, beamWidth);
  const compact = new Int32Array(count).fill(-1);
  known.forEach((point, k) => (compact[point] = k));
  const rows = gain.rows
    .map((row) => ({ ...row, points: row.points.map((p) => compact[p] as number).filter((k) => k >= 0) }))
    .filter(({ points }) => points.length > 0);
  const ratio = Float64Array.from(known, (point) =>
    Math.exp((LN10 / 10) * ((differenceDb[point] as number) - (gain.gainDb[point] as number))),
  );
  const times = Float64Array.from(known, (point) => timeMs[point] as number);
  const { baselines, sigma, drift } = driftBaselines(rows, ratio, times, beamWidth, relativeSigma);
  known.forEach((point, k) => {
    gain.gainDb[point] = (gain.gainDb[point] as number) + linearToDb(Math.max(1e-9, baselines[k] as number));
    gain.sigma[point] = (sigma[k] as number) / Math.max(1e-9, baselines[k] as number);
  });
  followNeighbours(gain, known, timeMs);
  if (drift) {
    const placeOf = new Int32Array(count).fill(-1);
    known.forEach((point, k) => (placeOf[point] = drift.placeOf[k] as number));
    gain.drift = { gains: drift.gains, placeOf };
  }
  return gain;
}

/** Steps are searched in rows that are much longer than a source. */
function subtractSteps(
  gain: SessionGain,
  differenceDb: Float64Array,
  vectors: Float64Array,
  beamWidth: number,
): void {
  const rows = [...gain.rows].filter(({ length }) => length >= MIN_ROW * beamWidth);
  const order = Int32Array.from(rows.flatMap(({ points }) => Array.from(points)));
  const values = Float64Array.from(order, (point) => (differenceDb[point] as number) - gain.offsetDb);
  const path = Float64Array.from(order, (point, k) => {
    const before = order[k - 1];
    if (before === undefined) return 0;
    return angleBetween(vectorAt(vectors, point), vectorAt(vectors, before)) / beamWidth;
  });
  const { offsetDb, isUnsure } = findGainSteps(values, path);
  order.forEach((point, k) => {
    gain.gainDb[point] = (gain.gainDb[point] as number) + (offsetDb[k] as number);
    gain.isUnsure[point] = isUnsure[k] as number;
  });
  // The other rows have the gain of the row before.
  let last = offsetDb[0] ?? 0;
  const isSearched = new Set(rows);
  for (const row of gain.rows) {
    if (isSearched.has(row)) last = (gain.gainDb[row.points.at(-1) as number] as number) - gain.offsetDb;
    else for (const point of row.points) gain.gainDb[point] = gain.offsetDb + last;
  }
}

/** Points of which the usual level is not known have the gain of the one before. */
function followNeighbours(gain: SessionGain, known: Int32Array, timeMs: Float64Array): void {
  const isKnown = new Uint8Array(timeMs.length);
  for (const point of known) isKnown[point] = 1;
  let last: number | undefined = gain.gainDb[known[0] as number];
  for (const point of orderOf(timeMs)) {
    if (isKnown[point] === 1) last = gain.gainDb[point];
    else gain.gainDb[point] = last as number;
  }
}

function orderOf(timeMs: Float64Array): Int32Array {
  return Int32Array.from(timeMs.keys()).sort((a, b) => (timeMs[a] as number) - (timeMs[b] as number));
}
