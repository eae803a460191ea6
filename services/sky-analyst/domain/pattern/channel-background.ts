import { medianOf } from '#shared/spectrum/median';
import type { Vector } from '../finder/sphere.ts';
import { findBackground, ratioFarFrom, type Background } from './background.ts';
import type { PatternPoints } from './local-fit.ts';

/** Power in channels below and above those of the source, for as many channels as these. */
export interface NeighbourLevels {
  below: Float64Array;
  above: Float64Array;
}

/** At the peak, the source must be stronger than what its neighbours contain. */
const MAX_SHARE = 0.5;
/** If the source is received everywhere, the ratio is at most the lowest, without its noise. */
const LOW_QUANTILE = 0.05;
const LOW_SIGMAS = 1.645;

/** Of neighbouring channels if they are known and show it, else of the levels far from the beam. */
export function measuredBackground(
  points: Pick<PatternPoints, 'vectors' | 'total' | 'level' | 'errors'>,
  level: Float64Array,
  neighbours: NeighbourLevels | undefined,
  peak: Vector,
  beamWidth: number,
  relativeNoise: number,
): Background {
  return (
    (neighbours && channelBackground(points, level, neighbours, peak, beamWidth, relativeNoise)) ??
    findBackground(points, level, peak, beamWidth, relativeNoise)
  );
}

/**
 * The background of each point from neighbouring channels: sky, ground and receiver, with their
 * changes over direction and time. It is the mean of both sides, times the ratio of the channels
 * where the source is not received, which has the shape of the receiver's filter. If the source is
 * received everywhere, the ratio is 1 (linear between the sides), with half of the difference of
 * the sides as its error. A part of the source in the neighbours only scales the pattern.
 * Undefined: the neighbours contain the source, or a level is not known.
 */
function channelBackground(
  points: Pick<PatternPoints, 'vectors' | 'total'>,
  level: Float64Array,
  { below, above }: NeighbourLevels,
  peak: Vector,
  beamWidth: number,
  relativeNoise: number,
): Background | undefined {
  const mean = below.map((each, k) => (each + (above[k] as number)) / 2);
  if (!mean.every((each) => each > 0 && Number.isFinite(each))) return undefined;
  const ratios = level.map((each, k) => each / (mean[k] as number));
  const { ratio, sigma } =
    ratioFarFrom(points.vectors, ratios, peak, beamWidth, relativeNoise) ??
    betweenSides(ratios, { below, above }, relativeNoise);
  const highest = points.total.reduce(
    (best, each, k) => (each > (points.total[best] as number) ? k : best),
    0,
  );
  if (!(ratio * (mean[highest] as number) <= MAX_SHARE * (points.total[highest] as number))) return undefined;
  const typical = medianOf(mean.slice());
  return {
    level: ratio * typical,
    sigma: sigma * typical,
    isFound: true,
    isOfChannels: true,
    at: mean.map((each) => ratio * each),
    errors: [mean.map((each) => sigma * each)],
  };
}

function betweenSides(
  ratios: Float64Array,
  { below, above }: NeighbourLevels,
  relativeNoise: number,
): { ratio: number; sigma: number } {
  const low = ratios.slice().sort()[Math.floor(LOW_QUANTILE * ratios.length)] as number;
  const differences = below.map((each, k) => {
    const other = above[k] as number;
    return Math.abs(each - other) / (each + other);
  });
  return {
    ratio: Math.min(1, low * (1 + LOW_SIGMAS * relativeNoise)),
    sigma: medianOf(differences),
  };
}
