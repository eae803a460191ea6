import { SkyScanError } from '#shared/base/errors';
import { formatDeg } from '#shared/sky/pointing';
import { radToDeg } from '#shared/sky/units';
import { medianOf } from '#shared/spectrum/median';
import { gaussianGain } from './beam.ts';
import { REACH, type FittedSource } from './fit-group.ts';
import { MODEL_REACH } from './fit-sources.ts';
import { createNeighbours, type Neighbours } from './neighbours.ts';
import { rowsOf, type Row } from './rows.ts';
import { angleBetween, vectorAt } from './sphere.ts';
import { binsOfDenseMap, extremesIn, meansIn, type Bins } from './thinning.ts';

/** Points as they were measured, with the drift of the gain. */
export interface Sweeps {
  /** Unit vectors, three numbers for each point. */
  vectors: Float64Array;
  timeMs: Float64Array;
  rows: readonly Row[];
  /** Undefined: the points are not dense, and sources are searched in themselves. */
  bins: Bins | undefined;
}

/** Where sources are searched: the points of a map, or their means in bins. Angles in radians. */
export interface Points {
  vectors: Float64Array;
  neighbours: Neighbours;
  /** Measured points in each mean; 1 without bins. */
  counts: Float64Array;
  timeMs: Float64Array;
  /** Of the first and the last measured point. */
  firstMs: Float64Array;
  lastMs: Float64Array;
  /** Number of the row of the first measured point. */
  rowOf: Int32Array;
  beamWidth: number;
}

/** The fit of a source has an amplitude, a position and an offset. */
const MIN_NEAR = 5;
/** Points at which the spacing is tested. */
const MAX_TESTED = 5_000;

/**
 * Splits the points into rows and averages them if they are dense. Throws `wrong_state` if they are
 * so far apart that they do not determine a source.
 * @param rowNumbers See `rowsOf`.
 */
export function pointsOf(
  { vectors, timeMs }: Pick<Sweeps, 'vectors' | 'timeMs'>,
  rowNumbers: Int32Array | undefined,
  beamWidth: number,
): { sweeps: Sweeps; points: Points } {
  const rows = rowsOf(vectors, timeMs, rowNumbers, beamWidth);
  const bins = binsOfDenseMap(vectors, beamWidth);
  const places = bins?.vectors ?? vectors;
  const rowOf = rowsOfPoints(rows, timeMs.length);
  const points: Points = {
    vectors: places,
    neighbours: createNeighbours(places, beamWidth / 2),
    counts: bins?.counts ?? new Float64Array(timeMs.length).fill(1),
    timeMs: bins ? meansIn(bins, timeMs) : timeMs,
    firstMs: bins ? extremesIn(bins, timeMs, 1) : timeMs,
    lastMs: bins ? extremesIn(bins, timeMs, -1) : timeMs,
    rowOf: bins ? Int32Array.from(extremesIn(bins, rowOf, 1)) : rowOf,
    beamWidth,
  };
  if (!bins) refuseSparse(points);
  return { sweeps: { vectors, timeMs, rows, bins }, points };
}

/** At most half of the points may have fewer than five, with themselves, in the reach of a fit. */
function refuseSparse({ vectors, neighbours, beamWidth }: Points): void {
  const count = vectors.length / 3;
  const tested = Math.min(count, MAX_TESTED);
  const near = Float64Array.from({ length: tested }, (_, k) => {
    const point = Math.floor((k * count) / tested);
    return neighbours.near(vectorAt(vectors, point), Math.min(Math.PI, REACH * beamWidth));
  });
  const typical = medianOf(near);
  if (typical >= MIN_NEAR) return;
  const beam = formatDeg(radToDeg(beamWidth));
  throw new SkyScanError(
    'wrong_state',
    `the points are too far apart for a beam of ${beam} deg: scan with steps of at most ${beam} deg, better a third of it`,
  );
}

/** The levels of sources at each measured point. */
export function modelAt(
  sources: readonly FittedSource[],
  { vectors, timeMs, bins }: Sweeps,
  { neighbours }: Points,
): Float64Array {
  const model = new Float64Array(timeMs.length);
  for (const { direction, amplitude, width } of sources) {
    const add = (point: number) => {
      const gain = gaussianGain(angleBetween(vectorAt(vectors, point), direction), width);
      model[point] = (model[point] as number) + amplitude * gain;
    };
    const count = neighbours.near(direction, Math.min(Math.PI, MODEL_REACH * width));
    for (let n = 0; n < count; n++) {
      const at = neighbours.index[n] as number;
      if (!bins) add(at);
      else
        for (let m = bins.starts[at] as number; m < (bins.starts[at + 1] as number); m++)
          add(bins.members[m] as number);
    }
  }
  return model;
}

function rowsOfPoints(rows: readonly Row[], count: number): Int32Array {
  const rowOf = new Int32Array(count);
  rows.forEach(({ points }, number) => {
    for (const point of points) rowOf[point] = number;
  });
  return rowOf;
}
