import { degToRad, radToDeg } from '#shared/sky/units';
import { unfittedCovariance } from './beam.ts';
import { describeSources, type Source } from './describe-sources.ts';
import { REACH, type FittedSource } from './fit-group.ts';
import { isExtended } from './flags.ts';
import { fitSources, LINKING, MIN_SEPARATION } from './fit-sources.ts';
import { measureBeam } from './measure-beam.ts';
import { peaksOf } from './peaks.ts';
import { modelAt, pointsOf, type Points } from './points.ts';
import { prepareMap, type PreparedMap } from './prepared-map.ts';
import { signalToNoise } from './signal-to-noise.ts';
import { checkpoint, usablePoints, type Control, type FinderSettings, type SkyMap } from './sky-map.ts';
import { angleBetween, vectorAt, vectorsOf } from './sphere.ts';
import { meansIn } from './thinning.ts';

export interface SourceReport {
  /** The strongest first. */
  sources: Source[];
  beamWidthDeg: number;
  /** Standard deviation, if the width was measured with the strongest source. */
  beamWidthErrorDeg: number | undefined;
  /** Points with a level. */
  points: number;
  /** The scatter of the levels relative to the noise of the settings. */
  noiseScale: number;
  /** How much what is left of drift and structure raises the noise of the filter; 1: not at all. */
  correlation: number;
  /** There were more sources than `maxSources`. */
  isTruncated: boolean;
}

/**
 * A thermal map of 4,320 points has 2,100 to 2,560 independent trials: noise exceeds 5 sigma in one
 * map of 3,000.
 */
const DEFAULT_THRESHOLD = 5.5;
const DEFAULT_GAIN_ERROR = 0.005;
const DEFAULT_MAX_SOURCES = 500;
const MAX_ROUNDS = 3;
/** Fits in a round: a source that is dropped changes its neighbours. */
const MAX_FITS = 6;
/**
 * A peak between four points loses 4 % of its height at them with steps of a third of the beam and
 * 16 % with steps of half of it, so candidates may be lower than the threshold; the fit finds the
 * height.
 */
const CANDIDATE_SHARE = 0.75;
/** A point is a peak if it is the highest within this distance, in beam widths. */
const PEAK_RADIUS = 0.6;
/** Nearer to a source, a peak is what its model has left. */
const MIN_DISTANCE = 0.5;
/**
 * Peaks among the points of the fit of a source that are weaker than this part of it are left of
 * its shape: beams are not Gaussian, a moving source is sheared, and the shape of one that is wider
 * than the beam is unknown.
 */
const SHAPE = 0.05;
const WIDE_SHAPE = 0.2;
/** Farther from all points, a source is only extrapolated, in beam widths. */
const MAX_EXTRAPOLATION = 0.6;

/**
 * Finds the sources of a map: row baselines, background, matched filter, peaks and joint fit, in up
 * to three rounds, each without the sources of the one before. Throws `wrong_state` if the map has
 * too few points, or if the beam width is unknown and cannot be measured.
 */
export function findSources(map: SkyMap, settings: FinderSettings, control: Control = {}): SourceReport {
  const steps = MAX_ROUNDS + 3;
  checkpoint(control, 0, steps);
  const usable = usablePoints(map, settings);
  const floats = (column: Float64Array) => Float64Array.from(usable, (point) => column[point] as number);
  const [level, timeMs] = [floats(map.level), floats(map.timeMs)];
  const vectors = vectorsOf(floats(map.azimuthDeg), floats(map.elevationDeg));
  const measured = settings.beamWidthDeg === undefined ? measureBeam(vectors, level, timeMs) : undefined;
  const beamWidth = degToRad(settings.beamWidthDeg ?? (measured?.widthDeg as number));
  const numbers = map.row && Int32Array.from(usable, (point) => map.row?.[point] as number);
  const { bandwidthHz, integrationS, gainError = DEFAULT_GAIN_ERROR } = settings.noise;
  const { points, sweeps } = pointsOf({ vectors, timeMs }, numbers, beamWidth);
  const relativeSigma = Math.sqrt(1 / (bandwidthHz * integrationS) + gainError ** 2);
  const prepare = (sources: readonly FittedSource[]) =>
    prepareMap(points, sweeps, level, modelAt(sources, sweeps, points), relativeSigma);
  checkpoint(control, 1, steps);
  const { prepared, sources, isTruncated } = search(points, prepare, settings, (done) =>
    checkpoint(control, done + 1, steps),
  );
  checkpoint(control, steps - 1, steps);
  const shares = (column: Uint8Array | undefined) => {
    const used = column && Float64Array.from(usable, (point) => (column[point] === 1 ? 1 : 0));
    return used && sweeps.bins ? meansIn(sweeps.bins, used) : used;
  };
  const columns = { clipped: shares(map.clipped), interference: shares(map.interference) };
  const report = {
    sources: describeSources(points, prepared, sources, columns, settings.measuredLobes),
    beamWidthDeg: radToDeg(beamWidth),
    beamWidthErrorDeg: measured?.errorDeg,
    points: usable.length,
    noiseScale: prepared.noiseScale,
    correlation: prepared.correlation,
    isTruncated,
  };
  checkpoint(control, steps, steps);
  return report;
}

/** The sources above the threshold, and the map in which they were fitted. */
export function search(
  points: Points,
  prepare: (sources: readonly FittedSource[]) => PreparedMap,
  {
    thresholdSigma = DEFAULT_THRESHOLD,
    maxSources = DEFAULT_MAX_SOURCES,
  }: Pick<FinderSettings, 'thresholdSigma' | 'maxSources'>,
  onRound: (done: number) => void,
): { prepared: PreparedMap; sources: FittedSource[]; isTruncated: boolean } {
  let sources: FittedSource[] = [];
  let isTruncated = false;
  for (let round = 1; ; round++) {
    const prepared = prepare(sources);
    const isLast = round > MAX_ROUNDS;
    const candidates = isLast ? [] : candidatesIn(points, prepared, sources, thresholdSigma);
    isTruncated ||= sources.length + candidates.length > maxSources;
    const starts = [...sources, ...candidates].slice(0, maxSources);
    const before = sources.length;
    sources = fitAndSelect(points, prepared, starts, thresholdSigma);
    const isStable = candidates.length === 0 && sources.length === before;
    if (isStable || isLast) return { prepared, sources, isTruncated };
    onRound(round);
  }
}

function candidatesIn(
  { vectors, neighbours, beamWidth }: Points,
  { ratios, filter }: PreparedMap,
  sources: readonly FittedSource[],
  threshold: number,
): FittedSource[] {
  const limit = CANDIDATE_SHARE * threshold;
  return peaksOf(ratios, vectors, neighbours, PEAK_RADIUS * beamWidth, limit)
    .map((point) => vectorAt(vectors, point))
    .map((direction) => ({
      direction,
      amplitude: filter.at(direction).amplitude,
      width: beamWidth,
      widthSigma: undefined,
      covariance: unfittedCovariance(beamWidth),
    }))
    .filter((candidate) =>
      sources.every(
        (source) =>
          angleBetween(source.direction, candidate.direction) >= MIN_DISTANCE * beamWidth &&
          !isStructure(candidate, source, beamWidth),
      ),
    );
}

/** The peak is what the model of the source has left. */
export function isStructure(peak: FittedSource, source: FittedSource, beamWidth: number): boolean {
  const share = isExtended(source, beamWidth) ? WIDE_SHAPE : SHAPE;
  return (
    peak.amplitude < share * source.amplitude &&
    angleBetween(peak.direction, source.direction) < REACH * source.width
  );
}

/** Fits; what is then below the threshold is dropped, and the others are fitted again. */
function fitAndSelect(
  points: Points,
  prepared: PreparedMap,
  starts: readonly FittedSource[],
  threshold: number,
): FittedSource[] {
  const { above, sigma } = prepared;
  const snrOf = (source: FittedSource) =>
    source.amplitude / (prepared.filter.at(source.direction).sigma * prepared.correlation);
  const input = { ...points, level: above, sigma };
  let kept = starts;
  for (let fit = 1; fit <= MAX_FITS; fit++) {
    const sources = fitSources(input, kept, snrOf);
    kept = significant(points, prepared, sources, threshold, fit === MAX_FITS);
    if (kept.length === sources.length) break;
  }
  return [...kept];
}

/** @param isLast Weak sources are not fitted again. */
function significant(
  points: Points,
  prepared: PreparedMap,
  sources: readonly FittedSource[],
  threshold: number,
  isLast: boolean,
): FittedSource[] {
  const isRemnant = (source: FittedSource) =>
    sources.some(
      (other) =>
        other.amplitude > source.amplitude &&
        (angleBetween(other.direction, source.direction) < MIN_SEPARATION * points.beamWidth ||
          isStructure(source, other, points.beamWidth)),
    );
  const possible = sources.filter(
    (source) =>
      !isRemnant(source) &&
      points.neighbours.near(source.direction, MAX_EXTRAPOLATION * points.beamWidth) > 0,
  );
  const weak = possible.filter((source) => signalToNoise(points, prepared, possible, source) < threshold);
  // Two peaks of one source share its signal, and both may be below the threshold: the weaker one
  // is dropped first.
  const hasWeaker = (source: FittedSource) =>
    weak.some(
      (other) =>
        other.amplitude < source.amplitude &&
        angleBetween(other.direction, source.direction) <= LINKING * points.beamWidth,
    );
  return possible.filter((source) => !weak.includes(source) || (!isLast && hasWeaker(source)));
}
