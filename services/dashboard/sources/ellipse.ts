import type { Source } from '#contract/rest/sources';
import type { Pointing } from '#shared/sky/pointing';
import { degToRad, radToDeg } from '#shared/sky/units';

/** chi^2 with two degrees of freedom: the ellipse contains the position with 95 %. */
const CHI_SQUARED_95 = 5.991;
const POINTS = 36;

/** The outline of the area that contains a source with a probability of 95 %. */
export function errorEllipse(source: Pick<Source, 'azimuth' | 'elevation' | 'covariance'>): Pointing[] {
  const [[rightRight, rightUp], [, upUp]] = source.covariance;
  // Cholesky factor of the covariance; rounding may make it slightly indefinite.
  const a = Math.sqrt(Math.max(0, rightRight));
  const b = a > 0 ? rightUp / a : 0;
  const c = Math.sqrt(Math.max(0, upUp - b * b));
  const scale = Math.sqrt(CHI_SQUARED_95);
  return Array.from({ length: POINTS }, (_, n) => {
    const angle = (2 * Math.PI * n) / POINTS;
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    return offsetFrom(source, scale * a * x, scale * (b * x + c * y));
  });
}

/** The pointing at an offset in the plane that touches the sky, degrees to the right and up. */
function offsetFrom(
  { azimuth, elevation }: { azimuth: number; elevation: number },
  rightDeg: number,
  upDeg: number,
): Pointing {
  const [el, right, up] = [degToRad(elevation), degToRad(rightDeg), degToRad(upDeg)];
  // Components along the azimuth of the source, to its right, and to the zenith.
  const along = Math.cos(el) - up * Math.sin(el);
  const height = Math.sin(el) + up * Math.cos(el);
  return {
    azimuthDeg: azimuth + radToDeg(Math.atan2(right, along)),
    elevationDeg: radToDeg(Math.atan2(height, Math.hypot(right, along))),
  };
}
