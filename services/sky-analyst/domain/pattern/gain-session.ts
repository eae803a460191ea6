import { SkyScanError } from '#shared/base/errors';
import { counted } from '#shared/base/plurals';
import { medianOf } from '#shared/spectrum/median';
import { createNeighbours } from '../finder/neighbours.ts';
import { vectorAt, type Vector } from '../finder/sphere.ts';
import { antennaVectors } from './antenna-frame.ts';
import { fitAlong, isLevel, planesOf } from './line-fit.ts';
import { fitLocally, type PatternPoints } from './local-fit.ts';
import type { PatternScan } from './pattern.ts';
import { localMeans, spacingNear } from './prepare.ts';
import { createSmoother, type Smoother } from './smoother.ts';
import { radiusWith } from './smoothing.ts';

/** The levels of one gain that count as measured. */
export interface GainSession {
  points: PatternPoints;
  /** Their places in the scan. */
  index: Int32Array;
  fitAt: Smoother;
  /** Whether the nearest point of the scan is one of these. */
  covers(direction: Vector): boolean;
}

const MIN_POINTS = 20;
/** A fit of the sixth degree. */
const FIT_POINTS = 60;
const MOST = 1.5;
/** Of fits along a line, in distances of points: a polynomial of the fourth degree and more. */
const LINE_REACH = 4.6;
const SAMPLES = 40;

/** @param limit Higher levels, and clipped points, are not measured. Undefined: all are. */
export function createGainSession(
  scan: PatternScan,
  { alongPlanes, limit }: { alongPlanes: boolean; limit?: number },
): GainSession {
  const { azimuthDeg, elevationDeg, sourceAzimuthDeg, sourceElevationDeg, level, clipped } = scan;
  const columns = [azimuthDeg, elevationDeg, sourceAzimuthDeg, sourceElevationDeg, level];
  const known = Int32Array.from(level, (_, k) => k).filter(
    (k) => (level[k] as number) > 0 && columns.every((column) => Number.isFinite(column[k])),
  );
  requirePoints(known.length);
  const all = pointsOf(scan, known);
  const isValid = (n: number) =>
    limit === undefined || (clipped[known[n] as number] !== 1 && (all.total[n] as number) <= limit);
  const index = known.filter((_, n) => isValid(n));
  requirePoints(index.length);
  const highest = all.total.reduce((best, each, n) => (each > (all.total[best] as number) ? n : best), 0);
  const spacing = spacingNear(all, vectorAt(all.vectors, highest));
  const points = index.length === known.length ? all : pointsOf(scan, index);
  const step = Math.ceil(index.length / SAMPLES);
  const samples = Array.from({ length: Math.floor(index.length / step) }, (_, n) =>
    vectorAt(points.vectors, n * step),
  );
  return {
    points,
    index,
    fitAt: alongPlanes ? fitInPlanes(points) : fitAround(points, samples),
    covers(direction) {
      const count = all.neighbours.near(direction, 2 * spacing);
      let [nearest, least] = [-1, Infinity];
      for (let n = 0; n < count; n++) {
        const square = all.neighbours.chordSquare[n] as number;
        if (square < least) [nearest, least] = [all.neighbours.index[n] as number, square];
      }
      return nearest >= 0 && isValid(nearest);
    },
  };
}

function requirePoints(count: number): void {
  if (count >= MIN_POINTS) return;
  throw new SkyScanError(
    'wrong_state',
    `${counted(count, 'point')} at one of the gains have a valid level and a source whose direction is known, a join needs ${MIN_POINTS}`,
  );
}

function pointsOf(scan: PatternScan, index: Int32Array): PatternPoints {
  const pick = (column: ArrayLike<number>) => Float64Array.from(index, (k) => column[k] as number);
  const vectors = antennaVectors({
    azimuthDeg: pick(scan.azimuthDeg),
    elevationDeg: pick(scan.elevationDeg),
    sourceAzimuthDeg: pick(scan.sourceAzimuthDeg),
    sourceElevationDeg: pick(scan.sourceElevationDeg),
  });
  const level = pick(scan.level);
  const neighbours = createNeighbours(vectors, Math.PI / 90);
  return {
    vectors,
    power: level,
    level,
    total: localMeans({ vectors, total: level, neighbours }),
    neighbours,
  };
}

/** Both sessions may have different grids: levels are compared through fits. */
function fitAround(points: PatternPoints, samples: readonly Vector[]): Smoother {
  const radius = medianOf(Float64Array.from(samples, (sample) => radiusWith(points, sample, FIT_POINTS)));
  const reach = { radius, most: MOST * FIT_POINTS };
  return createSmoother(points, (direction) => fitLocally(points, direction, reach));
}

function fitInPlanes(points: PatternPoints): Smoother {
  const lines = planesOf(points).map((line) => {
    const gaps = line.angles.slice(1).map((angle, n) => angle - (line.angles[n] as number));
    return { line, radius: LINE_REACH * (gaps.length > 0 ? medianOf(gaps) : 0) };
  });
  return (direction) => {
    const found = lines[isLevel(direction) ? 0 : 1];
    const fit = found && fitAlong(found.line, direction, found.radius);
    return fit && { ...fit, index: fit.index.map((n) => found.line.places[n] as number) };
  };
}
