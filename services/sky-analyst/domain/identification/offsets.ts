import { azimuthOnCircleDeg, type Pointing } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';

/** On the plane that touches the sky: x along the azimuth, y along the elevation, degrees^2. */
export interface Covariance {
  xx: number;
  xy: number;
  yy: number;
}

/** A source where it was seen at one time. */
export interface Sighting {
  unixMs: number;
  pointing: Pointing;
  covariance: Covariance;
}

export interface Offset {
  x: number;
  y: number;
}

/** From a direction to a nearby one, degrees. */
export function offsetDeg(from: Pointing, to: Pointing): Offset {
  const turn = azimuthOnCircleDeg(to.azimuthDeg - from.azimuthDeg + 180) - 180;
  const x = turn * Math.cos(degToRad((from.elevationDeg + to.elevationDeg) / 2));
  return { x, y: to.elevationDeg - from.elevationDeg };
}

/** A covariance with an error that is equal in all directions, degrees. */
export function widened({ xx, xy, yy }: Covariance, sigmaDeg: number): Covariance {
  return { xx: xx + sigmaDeg ** 2, xy, yy: yy + sigmaDeg ** 2 };
}

/** The squared distance in standard deviations. */
export function chiSquareOf({ x, y }: Offset, { xx, xy, yy }: Covariance): number {
  return (yy * x * x - 2 * xy * x * y + xx * y * y) / (xx * yy - xy * xy);
}

/** The product of the standard deviations along both axes of the ellipse. */
export function spreadOf({ xx, xy, yy }: Covariance): number {
  return Math.sqrt(xx * yy - xy * xy);
}

/** Weighted mean of offsets, its covariance, and chi square of the offsets around it. */
export function meanOffset(offsets: readonly { offset: Offset; covariance: Covariance }[]) {
  const total = { xx: 0, xy: 0, yy: 0, x: 0, y: 0 };
  for (const { offset, covariance } of offsets) {
    const d = covariance.xx * covariance.yy - covariance.xy ** 2;
    const [a, b, c] = [covariance.yy / d, -covariance.xy / d, covariance.xx / d];
    total.xx += a;
    total.xy += b;
    total.yy += c;
    total.x += a * offset.x + b * offset.y;
    total.y += b * offset.x + c * offset.y;
  }
  const d = total.xx * total.yy - total.xy ** 2;
  const covariance = { xx: total.yy / d, xy: -total.xy / d, yy: total.xx / d };
  const mean = {
    x: covariance.xx * total.x + covariance.xy * total.y,
    y: covariance.xy * total.x + covariance.yy * total.y,
  };
  const scatter = offsets.reduce(
    (sum, each) =>
      sum + chiSquareOf({ x: each.offset.x - mean.x, y: each.offset.y - mean.y }, each.covariance),
    0,
  );
  return { mean, covariance, scatter };
}
