import { SkyScanError } from '#shared/base/errors';
import { radToDeg } from '#shared/sky/units';
import { pointingOf } from '../finder/sphere.ts';
import { subtractedBackground, withoutBackground, type Background } from './background.ts';
import { wholeSurface } from './beam.ts';
import { beamAxis } from './beam-axis.ts';
import { beamFigures, frontToBack } from './beam-figures.ts';
import { measuredBackground } from './channel-background.ts';
import { envelopeFigures, maskFigures } from './compare-envelope.ts';
import { directivityOf } from './directivity.ts';
import { fitLocally, type PatternPoints, type Reach } from './local-fit.ts';
import { measureLines } from './measure-lines.ts';
import { noiseOfSun } from './noise-of-sun.ts';
import { medianRelative, pointSigmas } from './noise.ts';
import type { AntennaPattern, PatternScan, PatternSettings } from './pattern.ts';
import { patternGrid } from './pattern-grid.ts';
import { patternTable } from './pattern-table.ts';
import { climb } from './peak.ts';
import { coarseBeam, patternPoints } from './prepare.ts';
import { createSmoother } from './smoother.ts';
import { reachAt, smoothingReaches } from './smoothing.ts';
import { integrate } from './sphere-integral.ts';
import { createSurface } from './surface.ts';
import { patternWarnings } from './warnings.ts';

/** Of the fit that finds the direction of the peak, in beam widths. */
const PEAK_RADIUS = 0.7;
/** Of the peak. */
const MIN_SNR = 10;

/**
 * The pattern of an antenna from a scan over a source. Throws `wrong_state` if the scan does not
 * show the beam, `invalid` for settings.
 */
export function measurePattern(scan: PatternScan, settings: PatternSettings = {}): AntennaPattern {
  if (settings.alongPlanes) return measureLines(scan, settings);
  const { points, level, clipped, neighbours } = patternPoints(scan, settings);
  const { start, spacing, width } = coarseBeam(points);
  const reaches = smoothingReaches(points, start, width);
  let smoother = smootherOf(points, reaches.sides);
  let sigmas = pointSigmas(points, smoother);
  let background: Background | undefined;
  if (settings.background === undefined) {
    const noise = medianRelative(sigmas, points.total);
    background = measuredBackground(points, level, neighbours, start, width, noise);
    points.power.set(withoutBackground(level, background));
    if (background.isFound) {
      smoother = smootherOf(points, reaches.sides);
      sigmas = pointSigmas(points, smoother);
    }
  }
  const surfaceOf = (reach: Reach, by = smootherOf(points, reach)) =>
    createSurface(by, reach.radius, sigmas, background?.errors ?? points.errors ?? []);
  const sides = surfaceOf(reaches.sides, smoother);
  const surface = reaches.beam.radius > reaches.sides.radius ? surfaceOf(reaches.beam) : sides;
  // A wider fit knows better where the top of a flat beam is.
  const wideRadius = PEAK_RADIUS * width;
  const wide = reaches.beam.radius >= wideRadius ? surface : surfaceOf(reachAt(points, start, wideRadius));
  const top = climb(wide, start, width / 4);
  const axis = top && beamAxis({ surface, sides, wide }, top, width);
  if (!axis)
    throw new SkyScanError(
      'wrong_state',
      'the scan does not show the beam: its strongest level is at the edge; scan a larger area around the source',
    );
  const { beam, shift } = axis;
  const { direction, peak } = beam;
  if (!(peak.value > MIN_SNR * peak.sigma))
    throw new SkyScanError(
      'wrong_state',
      `the scan does not show the source: its highest level is ${(peak.value / peak.sigma || 0).toFixed(1)} sigma above the background, at least ${MIN_SNR} are needed`,
    );
  const figures = beamFigures(beam, shift, settings.sourceWidthDeg ?? 0);
  const narrowest = Math.min(width, figures.narrowest ?? Infinity);
  const integral = integrate(sides, direction, narrowest);
  const directivity = directivityOf(surface, peak, integral);
  const { azimuthDeg, elevationDeg } = pointingOf(direction);
  const planes = [figures.azimuth, figures.elevation];
  const subtracted = subtractedBackground(settings.background, background);
  const pattern: Omit<AntennaPattern, 'warnings'> = {
    points: points.power.length,
    coverage: integral.coverage,
    squintDeg: {
      azimuth: { value: ((azimuthDeg + 180) % 360) - 180, sigma: radToDeg(surface.sigmaFrom(shift.right)) },
      elevation: { value: elevationDeg, sigma: radToDeg(surface.sigmaFrom(shift.up)) },
    },
    azimuth: figures.azimuth,
    elevation: figures.elevation,
    ellipse: figures.ellipse,
    frontToBackDb: frontToBack(beam, shift, integral.worstBack),
    ...directivity,
    background: subtracted,
    envelope: envelopeFigures(settings, planes, directivity.directivityDbi),
    mask: maskFigures(settings, planes),
    sunNoise: noiseOfSun(settings, { peak, background: subtracted }, figures, directivity.directivityDbi),
    grid: settings.withGrid
      ? patternGrid(wholeSurface(beam, narrowest), direction, peak, narrowest)
      : undefined,
    table: settings.withTable
      ? patternTable(wholeSurface(beam, narrowest), direction, peak, narrowest, integral.meanOutside)
      : undefined,
  };
  const spacingDeg = radToDeg(spacing);
  return { ...pattern, warnings: patternWarnings(pattern, settings, { spacingDeg, clipped }) };
}

function smootherOf(points: PatternPoints, reach: Reach) {
  return createSmoother(points, (direction) => fitLocally(points, direction, reach));
}
