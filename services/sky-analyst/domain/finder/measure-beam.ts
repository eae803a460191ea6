import { SkyScanError } from '#shared/base/errors';
import { formatDeg } from '#shared/sky/pointing';
import { degToRad, radToDeg } from '#shared/sky/units';
import { medianOf } from '#shared/spectrum/median';
import { fitGroup, REACH, type FittedSource } from './fit-group.ts';
import { createNeighbours, typicalSpacingDeg } from './neighbours.ts';
import { robustScatter } from './robust.ts';
import { angleBetween, vectorAt, type Vector } from './sphere.ts';
import { BIN, binsOf, binsOfDenseMap, meansIn } from './thinning.ts';

export interface MeasuredBeam {
  widthDeg: number;
  errorDeg: number;
}

/** Widths with which a fit starts, in spacings of the points. */
const STARTS = [2, 3, 4.5, 7, 10, 15];
const MAX_WIDTH_DEG = 90;
/** Peaks that are tried: the strongest may be interference in one point. */
const MAX_PEAKS = 5;
const MIN_SNR = 10;
const MAX_ERROR = 0.1;
/** A width of fewer spacings is that of a spike. */
const MIN_SPACINGS = 1.2;
/** The narrowest beam that is resolved where points are very dense, as of a stuck rotator. */
const MIN_WIDTH_DEG = 0.4;
/** More points of one fit are averaged. */
const MAX_FIT_POINTS = 1_000;

/**
 * The beam width, from a fit with free width to the strongest source that allows one. Throws
 * `wrong_state` if there is none.
 */
export function measureBeam(
  measuredVectors: Float64Array,
  level: Float64Array,
  timeMs: Float64Array,
): MeasuredBeam {
  const bins = binsOfDenseMap(measuredVectors, degToRad(MIN_WIDTH_DEG));
  const vectors = bins?.vectors ?? measuredVectors;
  const averaged = (column: Float64Array) => (bins ? meansIn(bins, column) : column);
  const neighbours = createNeighbours(vectors, degToRad(1));
  const spacingDeg = typicalSpacingDeg(vectors, neighbours);
  const order = Int32Array.from(timeMs, (_, k) => k).sort(
    (a, b) => (timeMs[a] as number) - (timeMs[b] as number),
  );
  const steps = Float64Array.from(
    order.subarray(1),
    (point, k) => ((level[point] as number) - (level[order[k] as number] as number)) / Math.SQRT2,
  );
  const scatter = Math.max(robustScatter(steps), 1e-9 * medianOf(level.slice()));
  const mean = averaged(level);
  const background = medianOf(mean.slice());
  const above = mean.map((value) => value - background);
  // The noise rises with the level: that of a bright source is far above that of the background.
  const sigma = mean.map(
    (value, k) => (scatter * Math.max(1, value / background)) / Math.sqrt(bins?.counts[k] ?? 1),
  );
  const columns = { vectors, neighbours, timeMs: averaged(timeMs), level: above, sigma };
  const byLevel = Int32Array.from(above, (_, k) => k).sort(
    (a, b) => (above[b] as number) - (above[a] as number),
  );
  let strongest = 0;
  const tried: FittedSource[] = [];
  for (const point of byLevel) {
    if (tried.length >= MAX_PEAKS || (above[point] as number) < 3 * scatter) break;
    const direction = vectorAt(vectors, point);
    if (tried.some((other) => angleBetween(direction, other.direction) < 2 * other.width)) continue;
    const amplitude = above[point] as number;
    const start = { direction, amplitude, width: degToRad(2 * spacingDeg), widthSigma: undefined };
    const best = fitWidth(columns, start, spacingDeg);
    tried.push({ ...start, covariance: [0, 0, 0], width: best?.source.width ?? start.width });
    if (!best) continue;
    strongest = Math.max(strongest, best.snr);
    const { width, widthSigma = Infinity } = best.source;
    if (best.snr < MIN_SNR || widthSigma > MAX_ERROR * width) continue;
    if (radToDeg(width) < MIN_SPACINGS * spacingDeg) continue;
    return { widthDeg: radToDeg(width), errorDeg: radToDeg(widthSigma) };
  }
  throw new SkyScanError(
    'wrong_state',
    `the beam width is unknown and cannot be measured: the strongest source has a signal-to-noise ratio of ` +
      `${formatDeg(strongest)}, a measurement needs ${MIN_SNR} and a source wider than ${MIN_SPACINGS} steps of ` +
      `the grid (${formatDeg(spacingDeg)} deg); set beam_width_deg of the rotor`,
  );
}

type Columns = Omit<Parameters<typeof fitGroup>[0], 'beamWidth'>;

function fitWidth(
  columns: Columns,
  start: Omit<FittedSource, 'covariance'>,
  spacingDeg: number,
): { source: FittedSource; snr: number } | undefined {
  let best: { source: FittedSource; snr: number; misfit: number } | undefined;
  for (const spacings of STARTS) {
    let width = degToRad(Math.min(MAX_WIDTH_DEG, spacings * spacingDeg));
    // The fitted width decides which points are fitted.
    for (let round = 0; round < 3; round++) {
      const { perMean, ...near } = around(columns, start.direction, width);
      const fit = fitGroup({ ...near, beamWidth: width }, [{ ...start, width, covariance: [0, 0, 0] }], {
        width: true,
        motion: false,
      });
      const source = fit?.sources[0];
      if (!fit || !source) break;
      const isConsistent = Math.abs(Math.log(source.width / width)) < 0.1;
      const snr = source.width / (source.widthSigma ?? Infinity);
      // As of single points: errors of the model count less in their noise than in that of means.
      const misfit = 1 + (fit.chiSquare / (fit.values - 5) - 1) / perMean;
      if (isConsistent && snr > MIN_SNR / 2 && (!best || misfit < best.misfit))
        best = { source, snr, misfit };
      width = Math.min(degToRad(MAX_WIDTH_DEG), source.width);
    }
  }
  return best;
}

/** What a fit with this width uses: means over an eighth of it if the points are many. */
function around(columns: Columns, direction: Vector, width: number): Columns & { perMean: number } {
  const { neighbours } = columns;
  const count = neighbours.near(direction, Math.min(Math.PI, REACH * width));
  if (count <= MAX_FIT_POINTS) return { ...columns, perMean: 1 };
  const chosen = neighbours.index.slice(0, count);
  const column = (of: Float64Array) => Float64Array.from(chosen, (point) => of[point] as number);
  const vectors = new Float64Array(3 * count);
  chosen.forEach((point, k) => vectors.set(vectorAt(columns.vectors, point), 3 * k));
  const bins = binsOf(vectors, BIN * width);
  const variance = meansIn(
    bins,
    column(columns.sigma).map((sigma) => sigma ** 2),
  );
  return {
    vectors: bins.vectors,
    neighbours: createNeighbours(bins.vectors, width / 2),
    timeMs: meansIn(bins, column(columns.timeMs)),
    level: meansIn(bins, column(columns.level)),
    sigma: variance.map((mean, bin) => Math.sqrt(mean / (bins.counts[bin] as number))),
    perMean: count / bins.counts.length,
  };
}
