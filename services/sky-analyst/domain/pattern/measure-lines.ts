import { SkyScanError } from '#shared/base/errors';
import { degToRad, radToDeg } from '#shared/sky/units';
import { robustScatter } from '../finder/robust.ts';
import { vectorAt, type Vector } from '../finder/sphere.ts';
import { medianOf } from '#shared/spectrum/median';
import { subtractedBackground, withoutBackground, type Background } from './background.ts';
import { measuredBackground } from './channel-background.ts';
import type { Beam, Parts } from './beam.ts';
import { correctedWidth, planeFigures } from './beam-figures.ts';
import { envelopeFigures, maskFigures } from './compare-envelope.ts';
import { DB_PER_NEPER, type Figure } from './figure.ts';
import { greatCircle } from './great-circle.ts';
import { fitAlong, planesOf, type PatternLine } from './line-fit.ts';
import type { PatternPoints } from './local-fit.ts';
import { noiseOfSun } from './noise-of-sun.ts';
import { medianRelative, pointSigmas } from './noise.ts';
import type { AntennaPattern, PatternScan, PatternSettings } from './pattern.ts';
import { patternPoints } from './prepare.ts';
import { createSmoother } from './smoother.ts';
import { createSurface, type PatternValue } from './surface.ts';
import { patternWarnings } from './warnings.ts';

const FORWARD: Vector = [0, 1, 0];
const RIGHT: Vector = [1, 0, 0];
const UP: Vector = [0, 0, 1];
const MIN_POINTS = 24;
/** Radii of fits: numbers of points on each side, and parts of the beam width. */
const RADII = { points: [4.6, 5.6, 7.6], beam: [0.5, 0.7, 1] } as const;
/** Of the part whose points are predicted, in beam widths from the peak. */
const TESTED = 1.5;
/** Of the beam width: with wider ones, the fits lose part of the beam. */
const MAX_STEP = 1 / 4.5;
const PEAK_STEPS = 40;
/** 1.133 theta^2: solid angle of a Gaussian beam (Condon and Ransom, eq. 3.118). */
const GAUSSIAN_SOLID_ANGLE = Math.PI / (4 * Math.LN2);
const MIN_SNR = 10;

/** A line with its levels around the peak. */
interface RoughLine {
  line: PatternLine;
  /** Of the highest level, and the half-power width about, radians. */
  peak: number;
  width: number;
  spacing: number;
}

/**
 * The pattern in both principal planes, from a scan along them. There is no ellipse and no level
 * beyond the planes: the directivity is that of a Gaussian beam without side lobes, which is an
 * upper bound. Throws `wrong_state` if the scan does not show the beam.
 */
export function measureLines(scan: PatternScan, settings: PatternSettings): AntennaPattern {
  const { points, level, clipped, neighbours } = patternPoints(scan, settings, MIN_POINTS);
  let lines = linesOf(points);
  const width = Math.min(...lines.map((line) => line.width));
  let background: Background | undefined;
  if (settings.background === undefined) {
    const [first] = lines;
    const noise = medianRelative(sigmasOf(first), first.line.points.total);
    const start = greatCircle(FORWARD, RIGHT).at(first.peak);
    background = measuredBackground(points, level, neighbours, start, width, noise);
    points.power.set(withoutBackground(level, background));
    points.errors = background.errors;
    lines = linesOf(points);
  }
  const correct = (measured: number) => correctedWidth(measured, degToRad(settings.sourceWidthDeg ?? 0));
  const planeOf = (line: RoughLine) => {
    const cut = cutAlong(line);
    return { ...cut, figures: planeFigures(cut.beam, cut.along, cut.shift, correct).figures };
  };
  const [azimuth, elevation] = [planeOf(lines[0]), planeOf(lines[1])];
  const solidAngle = solidAngleOf(azimuth.figures.hpbwDeg, elevation.figures.hpbwDeg, width);
  const planes = [azimuth.figures, elevation.figures];
  const subtracted = subtractedBackground(settings.background, background);
  const directivityDbi = {
    value: 10 * Math.log10((4 * Math.PI) / solidAngle.value),
    sigma: (DB_PER_NEPER * solidAngle.sigma) / solidAngle.value,
    isUpperBound: true,
  };
  const pattern: Omit<AntennaPattern, 'warnings'> = {
    points: points.power.length,
    coverage: 0,
    squintDeg: { azimuth: azimuth.squintDeg, elevation: elevation.squintDeg },
    azimuth: azimuth.figures,
    elevation: elevation.figures,
    ellipse: undefined,
    frontToBackDb: { opposite: backOf(azimuth), worst: undefined },
    directivityDbi,
    beamSolidAngleSr: { ...solidAngle, isLowerBound: true },
    background: subtracted,
    envelope: envelopeFigures(settings, planes, directivityDbi),
    mask: maskFigures(settings, planes),
    sunNoise: noiseOfSun(
      settings,
      { peak: azimuth.beam.peak, background: subtracted },
      { azimuth: azimuth.figures, elevation: elevation.figures },
      directivityDbi,
    ),
    grid: undefined,
  };
  const spacingDeg = radToDeg(Math.max(...lines.map(({ spacing }) => spacing)));
  return {
    ...pattern,
    warnings: patternWarnings(pattern, settings, { spacingDeg, clipped, maxStep: MAX_STEP }),
  };
}

function linesOf(points: PatternPoints): [RoughLine, RoughLine] {
  const [azimuth, elevation] = planesOf(points);
  return [roughLine(azimuth), roughLine(elevation)];
}

function roughLine(line: PatternLine): RoughLine {
  const { angles, points } = line;
  const count = angles.length;
  if (count < MIN_POINTS / 2)
    throw new SkyScanError(
      'wrong_state',
      `${count} points are along one of the planes of the antenna, a pattern needs ${MIN_POINTS / 2} in each`,
    );
  const [at, total] = [(n: number) => angles[n] as number, (n: number) => points.total[n] as number];
  const top = points.total.reduce((best, value, n) => (value > total(best) ? n : best), 0);
  const half = (total(top) + Math.min(...points.total)) / 2;
  let [from, to] = [top, top];
  while (from > 0 && total(from) > half) from--;
  while (to < count - 1 && total(to) > half) to++;
  if (total(from) > half || total(to) > half)
    throw new SkyScanError(
      'wrong_state',
      'the scan does not show the beam: it is not surrounded by levels of less than half of its power; scan a larger area around the source',
    );
  const gaps = Float64Array.from({ length: count - 1 }, (_, n) => at(n + 1) - at(n));
  return { line, peak: at(top), width: at(to) - at(from), spacing: medianOf(gaps) };
}

/** The radius whose fits predict each point of the beam best from the others. */
function smootherAlong({ line, peak, width, spacing }: RoughLine) {
  const { power, total, vectors } = line.points;
  const least = RADII.points[0] * spacing;
  const candidates = [
    ...RADII.points.map((factor) => factor * spacing),
    ...RADII.beam.map((factor) => factor * width).filter((radius) => radius > least),
  ];
  const errorWith = (radius: number) => {
    const errors: number[] = [];
    line.angles.forEach((angle, k) => {
      if (Math.abs(angle - peak) > TESTED * width) return;
      const fit = fitAlong(line, vectorAt(vectors, k), radius);
      const own = fit?.weights[fit.index.indexOf(k)] ?? 0;
      if (fit) errors.push(((power[k] as number) - fit.value) / ((1 - own) * (total[k] as number)));
    });
    return errors.length > 0 ? robustScatter(Float64Array.from(errors)) : Infinity;
  };
  const errors = candidates.map(errorWith);
  const radius = candidates[errors.indexOf(Math.min(...errors))] as number;
  return { radius, smoother: createSmoother(line.points, (direction) => fitAlong(line, direction, radius)) };
}

function sigmasOf(rough: RoughLine): Float64Array {
  return pointSigmas(rough.line.points, smootherAlong(rough).smoother);
}

interface Cut {
  beam: Beam;
  /** The direction of positive angles at the peak. */
  along: Vector;
  shift: Parts;
  squintDeg: Figure;
}

/** The beam along a line. Throws `wrong_state` if its peak is not measured, or is noise. */
function cutAlong(rough: RoughLine): Cut {
  const { line, width } = rough;
  const { radius, smoother } = smootherAlong(rough);
  const surface = createSurface(
    smoother,
    radius,
    pointSigmas(line.points, smoother),
    line.points.errors ?? [],
  );
  const circle = greatCircle(line.forward, line.along);
  const peak = highest((angle) => surface.at(circle.at(angle)), rough);
  if (!peak || !(peak.value.value > MIN_SNR * peak.value.sigma))
    throw new SkyScanError(
      'wrong_state',
      'the scan does not show the beam: its highest level is at the edge, or not above the noise',
    );
  const direction = circle.at(peak.angle);
  const along = circle.at(peak.angle + Math.PI / 2);
  const here = greatCircle(direction, along);
  const step = width / 6;
  const bend = [-step, step].reduce(
    (sum, angle) => sum + (surface.at(here.at(angle))?.value ?? NaN) - peak.value.value,
    0,
  );
  const slope = surface.slope(here, 0);
  const shift: Parts = slope ? [[slope, -(step ** 2) / bend]] : [];
  return {
    beam: { surface, direction, peak: peak.value, right: RIGHT, up: UP, width },
    along,
    shift,
    squintDeg: { value: radToDeg(peak.angle), sigma: radToDeg(surface.sigmaFrom(shift)) },
  };
}

/** The highest value along a line: of samples, then of the parabola through three of them. */
function highest(
  at: (angle: number) => PatternValue | undefined,
  { peak, width }: RoughLine,
): { angle: number; value: PatternValue } | undefined {
  let size = width / PEAK_STEPS;
  let best: { angle: number; value: PatternValue } | undefined;
  for (let n = -PEAK_STEPS / 2; n <= PEAK_STEPS / 2; n++) {
    const value = at(peak + n * size);
    if (value && !(best && best.value.value >= value.value)) best = { angle: peak + n * size, value };
  }
  for (let n = 0; best && n < 6; n++, size /= 2) {
    const [before, after] = [at(best.angle - size), at(best.angle + size)];
    if (!before || !after) return undefined;
    const bend = before.value + after.value - 2 * best.value.value;
    if (bend >= 0) break;
    const angle = best.angle + (size * (before.value - after.value)) / (2 * bend);
    const value = at(angle);
    if (value && value.value >= best.value.value) best = { angle, value };
  }
  return best;
}

/** Without a width, that of the other plane or a rough one counts. */
function solidAngleOf(azimuth: Figure | undefined, elevation: Figure | undefined, rough: number): Figure {
  const unknown = { value: radToDeg(rough), sigma: radToDeg(rough) / 2 };
  const [one, other] = [azimuth ?? elevation ?? unknown, elevation ?? azimuth ?? unknown];
  const value = GAUSSIAN_SOLID_ANGLE * degToRad(one.value) * degToRad(other.value);
  return { value, sigma: value * Math.hypot(one.sigma / one.value, other.sigma / other.value) };
}

/** Front to back, if the scan reaches behind the antenna. */
function backOf({ beam, along }: Cut): Figure | undefined {
  const { surface, direction, peak } = beam;
  const back = surface.at(greatCircle(direction, along).at(Math.PI));
  if (!back || !(back.value > 0)) return undefined;
  const sigma = surface.sigmaFrom([
    [peak, 1 / peak.value],
    [back, -1 / back.value],
  ]);
  return { value: 10 * Math.log10(peak.value / back.value), sigma: DB_PER_NEPER * sigma };
}
