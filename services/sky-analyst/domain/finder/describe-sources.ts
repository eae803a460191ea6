import { degToRad, linearToDb, radToDeg } from '#shared/sky/units';
import { isAtEdge, isExtended, isInOneRow, isSideLobe, visibilityOf } from './flags.ts';
import type { FittedSource } from './fit-group.ts';
import { addSource, WIDTH_SNR } from './fit-sources.ts';
import { fitMotion } from './motion.ts';
import type { Points } from './points.ts';
import type { PreparedMap } from './prepared-map.ts';
import { signalToNoise } from './signal-to-noise.ts';
import type { MeasuredLobe } from './side-lobes.ts';
import { angleBetween, pointingOf } from './sphere.ts';
import { trackOf, type Sighting } from './track.ts';

/**
 * `sidelobe`: a stronger source explains it. `edge`: points do not surround it. `extended`: wider
 * than 1.3 beams. `moving`: see motion.ts. `rfi`: the mask of interference covers it, or only one
 * row shows it. `clipped`: a point within half of its width is clipped.
 */
export type SourceFlag = 'sidelobe' | 'edge' | 'extended' | 'moving' | 'rfi' | 'clipped';

export interface Source {
  azimuthDeg: number;
  elevationDeg: number;
  /** Standard deviations; that of the azimuth is at most 180. */
  azimuthErrorDeg: number;
  elevationErrorDeg: number;
  /** In the tangent plane, right and up, square degrees: [[xx, xy], [xy, yy]]. */
  covarianceDeg2: readonly [readonly [number, number], readonly [number, number]];
  /** Linear, above the background, in the unit of the levels. */
  peak: number;
  /** Background and peak relative to the background. */
  peakDb: number;
  /** Signal-to-noise ratio of the matched filter. */
  snr: number;
  /** Undefined if it was not fitted: of weak sources and of those that overlap. */
  widthDeg: number | undefined;
  /** Times of the first and the last point within half of its width. */
  firstSeenMs: number;
  lastSeenMs: number;
  /** Where it was at two times; empty if its motion is not known (track.ts). */
  sightings: Sighting[];
  flags: SourceFlag[];
}

/** Shares of the measured points that are clipped or have interference, for each of `Points`. */
export interface PointColumns {
  clipped: Float64Array | undefined;
  interference: Float64Array | undefined;
}

/** The width and the motion of a source are not known if another one is so near, in beam widths. */
const ALONE = 1.5;

/** The sources with their errors and flags, the strongest first. */
export function describeSources(
  points: Points,
  prepared: PreparedMap,
  sources: readonly FittedSource[],
  columns: PointColumns,
  measuredLobes: readonly MeasuredLobe[] = [],
): Source[] {
  const rest = prepared.above.slice();
  for (const source of sources) addSource(rest, source, -1, points);
  return [...sources]
    .sort((a, b) => b.amplitude - a.amplitude)
    .map((source) => {
      const snr = signalToNoise(points, prepared, sources, source);
      addSource(rest, source, 1, points);
      const seen = visibilityOf(source, points.neighbours, { ...points, ...columns });
      const isAlone = sources.every(
        (other) =>
          other === source ||
          angleBetween(other.direction, source.direction) > ALONE * points.beamWidth ||
          other.amplitude < 0.05 * source.amplitude,
      );
      const input = { ...points, level: rest, sigma: prepared.sigma };
      const motion = isAlone && snr > WIDTH_SNR ? fitMotion(input, source) : undefined;
      const moves = motion?.isSignificant === true;
      const flags: Record<SourceFlag, boolean> = {
        sidelobe: isSideLobe(source, sources, points.beamWidth, measuredLobes),
        edge: isAtEdge(source, points.vectors, points.neighbours, points.beamWidth),
        extended: !moves && isExtended(source, points.beamWidth),
        moving: moves,
        rfi: seen.isMasked || isInOneRow(source, points.neighbours, points.rowOf, rest, prepared.sigma),
        clipped: seen.isClipped,
      };
      addSource(rest, source, -1, points);
      return {
        ...positionOf(source, prepared.correlation),
        peak: source.amplitude,
        peakDb: linearToDb(1 + source.amplitude / backgroundAt(source, points, prepared)),
        snr,
        widthDeg: source.widthSigma === undefined ? undefined : radToDeg(source.width),
        firstSeenMs: seen.firstSeenMs,
        lastSeenMs: seen.lastSeenMs,
        sightings: motion ? trackOf(input, source, motion, prepared.correlation) : [],
        flags: (Object.keys(flags) as SourceFlag[]).filter((flag) => flags[flag]),
      };
    });
}

/** sigma_az = sigma_x / cos(elevation). Correlated noise raises all errors (`PreparedMap`). */
function positionOf({ direction, covariance }: FittedSource, correlation: number) {
  const pointing = pointingOf(direction);
  const [xx, xy, yy] = covariance.map((value) => value * correlation ** 2 * radToDeg(1) ** 2) as [
    number,
    number,
    number,
  ];
  const azimuthErrorDeg = Math.sqrt(xx) / Math.max(1e-9, Math.cos(degToRad(pointing.elevationDeg)));
  return {
    ...pointing,
    azimuthErrorDeg: Math.min(180, azimuthErrorDeg),
    elevationErrorDeg: Math.sqrt(yy),
    covarianceDeg2: [
      [xx, xy],
      [xy, yy],
    ] as const,
  };
}

/** At the nearest point. */
function backgroundAt(
  { direction }: FittedSource,
  { neighbours }: Points,
  { background }: PreparedMap,
): number {
  for (let radius = 0.01; radius < 4; radius *= 2) {
    const count = neighbours.near(direction, radius);
    let nearest = -1;
    for (let n = 0; n < count; n++)
      if (nearest < 0 || (neighbours.chordSquare[n] as number) < (neighbours.chordSquare[nearest] as number))
        nearest = n;
    if (nearest >= 0) return background[neighbours.index[nearest] as number] as number;
  }
  return NaN;
}
