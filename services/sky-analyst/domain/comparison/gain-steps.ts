import { medianOf } from '#shared/spectrum/median';
import { robustScatter } from '../finder/robust.ts';

/** The path that is compared on each side, in beam widths: a source covers less than half of it. */
const SIDE_BEAMS = 8;
const MIN_SIDE = 16;
/** Values along this path are one block, in beam widths. */
const BLOCK_BEAMS = 1 / 3;
/** A step is this many times the scatter of the differences between the two sides. */
const SIGNIFICANT = 7;
/** A smaller step is followed as drift, in standard deviations of a value. */
const MIN_STEP = 4;
const MAX_STEPS = 50;
/** Values are one level if they scatter by less than this part of the step. */
const FLAT = 0.25;
/** This share of the values beside a step, along this path, are one level on each side. */
const FLAT_SHARE = 0.6;
const FLAT_BEAMS = 3;

export interface GainSteps {
  /** What to subtract from each value, dB. */
  offsetDb: Float64Array;
  /** 1: measured while the gain changed, or too few to know their gain. */
  isUnsure: Uint8Array;
}

/**
 * Sudden changes of the gain: the level of the values before and after a moment differs, for
 * much longer than a source is in the beam. The trend on both sides is taken into account, so
 * that a fade that rises for minutes is not a step.
 * @param values Difference from the usual level in dB, in the order of time; NaN: none.
 * @param pathBeams How far the antenna has moved since the value before, in beam widths.
 */
export function findGainSteps(values: Float64Array, pathBeams: Float64Array): GainSteps {
  const offsetDb = new Float64Array(values.length);
  const isUnsure = new Uint8Array(values.length);
  const known = Int32Array.from(values.keys()).filter((k) => !Number.isNaN(values[k]));
  const starts = blockStarts(known, pathBeams);
  const side = Math.max(MIN_SIDE, Math.round(SIDE_BEAMS / BLOCK_BEAMS));
  const rest = Float64Array.from(known, (k) => values[k] as number);
  if (starts.length < 4 * side) return { offsetDb, isUnsure };
  const sigma = scatterOf(rest);
  const places: number[] = [];
  for (let step = 0; step < MAX_STEPS; step++) {
    const found = largestStep(rest, starts, side, sigma);
    if (!found || places.includes(found.at)) break;
    places.push(found.at);
    subtractFrom(rest, found.at, found.sizeDb);
  }
  const ends = [endOf(rest, side, sigma, false), endOf(rest, side, sigma, true)];
  ends.forEach((end, k) => {
    if (!end) return;
    const [from, to] = k === 0 ? [0, end.count] : [rest.length - end.count, rest.length];
    for (let at = from; at < to; at++) rest[at] = (rest[at] as number) - end.sizeDb;
    if (end.count < 3) for (let at = from; at < to; at++) isUnsure[known[at] as number] = 1;
    places.push(k === 0 ? end.count : rest.length - end.count);
  });
  known.forEach((k, at) => (offsetDb[k] = (values[k] as number) - (rest[at] as number)));
  for (const place of places) markUnsure(rest, place, sigma, known, isUnsure);
  fillBetween(offsetDb, values);
  return { offsetDb, isUnsure };
}

function subtractFrom(values: Float64Array, from: number, offset: number): void {
  for (let k = from; k < values.length; k++) values[k] = (values[k] as number) - offset;
}

/** Noise of a value, from differences of neighbours. */
function scatterOf(values: Float64Array): number {
  const steps = values.subarray(1).map((value, k) => (value - (values[k] as number)) / Math.SQRT2);
  return Math.max(1e-6, robustScatter(steps));
}

/** The most significant step; undefined if there is none. */
function largestStep(
  values: Float64Array,
  starts: Int32Array,
  side: number,
  sigma: number,
): { at: number; sizeDb: number } | undefined {
  const blocks = Float64Array.from(starts, (start, k) =>
    medianOf(values.slice(start, starts[k + 1] ?? values.length)),
  );
  const medians = slidingMedians(blocks, side);
  const last = blocks.length - side;
  const median = (start: number) => medians[Math.max(0, Math.min(last, start))] as number;
  const sizes = new Float64Array(blocks.length);
  for (let k = side >> 1; k <= blocks.length - (side >> 1); k++) {
    const jump = sideMedian(k, k + side) - sideMedian(k - side, k);
    // The same between windows that are on one side: what a trend explains.
    const trends = [
      k - 2 * side >= 0 ? median(k - side) - median(k - 2 * side) : undefined,
      k + 2 * side <= blocks.length ? median(k + side) - median(k) : undefined,
    ].filter((trend) => trend !== undefined);
    const trend = trends.length > 0 ? trends.reduce((a, b) => a + b, 0) / trends.length : 0;
    sizes[k] = Math.abs(jump - trend) < Math.abs(jump) ? jump - trend : jump;
  }
  const limit = Math.max(
    SIGNIFICANT * robustScatter(sizes.slice(side, Math.max(side + 1, last))),
    (MIN_STEP * sigma) / Math.sqrt(values.length / starts.length),
  );
  const startOf = (block: number) =>
    block < 0 ? 0 : block < starts.length ? (starts[block] as number) : values.length;
  for (;;) {
    const best = sizes.reduce((at, size, k) => (Math.abs(size) > Math.abs(sizes[at] as number) ? k : at), 0);
    if (!(Math.abs(sizes[best] as number) > limit)) return undefined;
    const step = refined(values, startOf(best - side), startOf(best), startOf(best + side));
    const beside = Math.round((values.length / starts.length) * (FLAT_BEAMS / BLOCK_BEAMS));
    if (isFlatBeside(values, step, beside, sigma)) return step;
    sizes.fill(0, Math.max(0, best - (side >> 1)), best + (side >> 1));
  }

  function sideMedian(from: number, to: number): number {
    if (from >= 0 && to <= blocks.length) return median(from);
    return medianOf(blocks.slice(Math.max(0, from), Math.min(blocks.length, to)));
  }
}

/** Most values on each side have the level of their side: those of sources do not. */
function isFlatBeside(
  values: Float64Array,
  { at, sizeDb }: { at: number; sizeDb: number },
  beside: number,
  sigma: number,
): boolean {
  const tolerance = Math.max(MIN_STEP * sigma, FLAT * Math.abs(sizeDb));
  const isFlat = (side: Float64Array, level: number) =>
    side.filter((value) => Math.abs(value - level) <= tolerance).length >= FLAT_SHARE * side.length;
  const before = values.slice(Math.max(0, at - beside), at);
  const after = values.slice(at, at + beside);
  const level = medianOf(before.slice());
  return isFlat(before, level) && isFlat(after, level + sizeDb);
}

/** Where blocks of values begin, each of a third of a beam width. */
function blockStarts(known: Int32Array, pathBeams: Float64Array): Int32Array {
  const starts: number[] = [];
  let path = Infinity;
  let next = 0;
  known.forEach((k, at) => {
    while (next <= k) path += pathBeams[next++] as number;
    // Rounding must not make two blocks of one.
    if (path < BLOCK_BEAMS * (1 - 1e-6)) return;
    starts.push(at);
    path = 0;
  });
  return Int32Array.from(starts);
}

/** The median of `size` values from each position. */
function slidingMedians(values: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: Math.max(1, values.length - size + 1) }, (_, k) =>
    medianOf(values.slice(k, k + size)),
  );
}

/** The moment that leaves the least absolute deviations from a level on each side. */
function refined(
  values: Float64Array,
  from: number,
  near: number,
  to: number,
): { at: number; sizeDb: number } {
  const margin = (to - from) >> 3;
  const before = medianOf(values.slice(from, Math.max(from + 1, near - margin)));
  const after = medianOf(values.slice(Math.min(to - 1, near + margin), to));
  let cost = 0;
  for (let k = from; k < to; k++) cost += Math.abs((values[k] as number) - after);
  let [best, lowest] = [from, cost];
  for (let k = from; k < to; k++) {
    cost += Math.abs((values[k] as number) - before) - Math.abs((values[k] as number) - after);
    if (cost >= lowest) continue;
    lowest = cost;
    best = k + 1;
  }
  const half = (to - from) >> 2;
  const sizeDb =
    medianOf(values.slice(best, Math.min(values.length, best + half))) -
    medianOf(values.slice(Math.max(0, best - half), best));
  return { at: best, sizeDb };
}

/**
 * The first or the last values have another gain than the following ones: they are flat, and the
 * change is sudden. A source is not, unless it is a single value.
 */
function endOf(
  values: Float64Array,
  side: number,
  sigma: number,
  isLast: boolean,
): { count: number; sizeDb: number } | undefined {
  const end = isLast ? values.slice(-2 * side).reverse() : values.slice(0, 2 * side);
  const level = medianOf(end.slice(side));
  const isAway = (k: number) => Math.abs((end[k] as number) - level) > 2 * MIN_STEP * sigma;
  let count = 0;
  while (count < side && isAway(count)) count++;
  if (count === 0 || count >= side) return undefined;
  const own = end.slice(0, count);
  const sizeDb = medianOf(own.slice()) - level;
  const isFlat = own.every((value) => Math.abs(value - level - sizeDb) < FLAT * Math.abs(sizeDb));
  const isSudden = Math.abs((end[count] as number) - level) < FLAT * Math.abs(sizeDb);
  return isFlat && isSudden ? { count, sizeDb } : undefined;
}

/** The values on both sides of a step that fit neither level. */
function markUnsure(
  rest: Float64Array,
  place: number,
  sigma: number,
  known: Int32Array,
  isUnsure: Uint8Array,
): void {
  const around = rest.slice(Math.max(0, place - 8), place + 8);
  if (around.length === 0) return;
  const level = medianOf(around);
  for (const at of [place - 1, place])
    if (Math.abs((rest[at] ?? level) - level) > MIN_STEP * sigma) isUnsure[known[at] as number] = 1;
}

/** Values without a difference have the offset of the value before. */
function fillBetween(offsetDb: Float64Array, values: Float64Array): void {
  let offset = offsetDb[values.findIndex((value) => !Number.isNaN(value))] ?? 0;
  for (let k = 0; k < values.length; k++) {
    if (Number.isNaN(values[k])) offsetDb[k] = offset;
    else offset = offsetDb[k] as number;
  }
}
