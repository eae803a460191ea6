import { degToRad, radToDeg } from '#shared/sky/units';
import type { Vector } from '../finder/sphere.ts';
import { DB_PER_NEPER } from './figure.ts';
import type { GreatCircle } from './great-circle.ts';
import type { CutPoint } from './pattern.ts';
import type { PatternSurface, PatternValue } from './surface.ts';

/** A beam narrower than this has points between whole degrees. */
const NARROW_DEG = 10;
const STEPS_PER_BEAM = 10;
/** Half of the finely sampled part, in beam widths. */
const FINE_REACH = 5;

/** A cut at whole degrees from the peak, -180 to 179, and finer around a narrow beam. */
export function cutPoints(
  surface: PatternSurface,
  circle: GreatCircle,
  peak: PatternValue,
  width: number | undefined,
): CutPoint[] {
  return anglesFor(width === undefined ? undefined : radToDeg(width)).map((angleDeg) => {
    const at = angleDeg === 0 ? peak : surface.at(circle.at(degToRad(angleDeg)));
    return { angleDeg, ...relativeTo(peak, surface, at) };
  });
}

/** The pattern at a direction, dB relative to the peak. */
export function gainAt(surface: PatternSurface, direction: Vector, peak: PatternValue): Gain {
  return relativeTo(peak, surface, surface.at(direction));
}

type Gain = Omit<CutPoint, 'angleDeg'>;

function relativeTo(peak: PatternValue, surface: PatternSurface, at: PatternValue | undefined): Gain {
  if (!at) return { gainDb: NaN, sigmaDb: NaN };
  // Below its noise, a level is at most about as high as that.
  if (at.value < at.sigma) return { gainDb: 10 * Math.log10(at.sigma / peak.value), sigmaDb: DB_PER_NEPER };
  const relative = surface.sigmaFrom([
    [at, 1 / at.value],
    [peak, -1 / peak.value],
  ]);
  return { gainDb: 10 * Math.log10(at.value / peak.value), sigmaDb: DB_PER_NEPER * relative };
}

function anglesFor(widthDeg: number | undefined): number[] {
  const whole = Array.from({ length: 360 }, (_, k) => k - 180);
  if (widthDeg === undefined || widthDeg >= NARROW_DEG) return whole;
  const count = FINE_REACH * STEPS_PER_BEAM;
  const fine = Array.from({ length: 2 * count + 1 }, (_, k) =>
    Number((((k - count) * widthDeg) / STEPS_PER_BEAM).toFixed(3)),
  );
  return [...new Set([...whole, ...fine])].filter((deg) => deg >= -180 && deg < 180).sort((a, b) => a - b);
}
