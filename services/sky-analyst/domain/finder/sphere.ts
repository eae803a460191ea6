import { azimuthOnCircleDeg, type Pointing } from '#shared/sky/pointing';
import { degToRad, radToDeg } from '#shared/sky/units';

/** East, north, up. */
export type Vector = readonly [number, number, number];

/** A unit vector and two axes of its tangent plane: rising azimuth and rising elevation. */
export interface TangentPlane {
  centre: Vector;
  right: Vector;
  up: Vector;
}

export function vectorOf(azimuthDeg: number, elevationDeg: number): Vector {
  const [az, el] = [degToRad(azimuthDeg), degToRad(elevationDeg)];
  return [Math.cos(el) * Math.sin(az), Math.cos(el) * Math.cos(az), Math.sin(el)];
}

/** Unit vectors of many pointings, three numbers for each. */
export function vectorsOf(azimuthDeg: ArrayLike<number>, elevationDeg: ArrayLike<number>): Float64Array {
  const vectors = new Float64Array(3 * azimuthDeg.length);
  for (let k = 0; k < azimuthDeg.length; k++)
    vectors.set(vectorOf(azimuthDeg[k] as number, elevationDeg[k] as number), 3 * k);
  return vectors;
}

export function vectorAt(vectors: Float64Array, index: number): Vector {
  return [vectors[3 * index] as number, vectors[3 * index + 1] as number, vectors[3 * index + 2] as number];
}

export function pointingOf([x, y, z]: Vector): Pointing {
  return {
    azimuthDeg: azimuthOnCircleDeg(radToDeg(Math.atan2(x, y))),
    elevationDeg: radToDeg(Math.atan2(z, Math.hypot(x, y))),
  };
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** The angle whose chord has this square, radians; exact for small angles. */
export function angleOfChord(chordSquare: number): number {
  return 2 * Math.asin(Math.min(1, Math.sqrt(chordSquare) / 2));
}

export function angleBetween(a: Vector, b: Vector): number {
  return angleOfChord((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2);
}

/** At the zenith, where the azimuth is undefined, the axes are those of azimuth 0. */
export function tangentPlaneAt(centre: Vector): TangentPlane {
  const [x, y, z] = centre;
  const horizontal = Math.hypot(x, y);
  const [sinAz, cosAz] = horizontal > 1e-12 ? [x / horizontal, y / horizontal] : [0, 1];
  return { centre, right: [cosAz, -sinAz, 0], up: [-z * sinAz, -z * cosAz, horizontal] };
}

/** The direction through a point of the tangent plane (gnomonic projection), radians. */
export function directionInPlane({ centre, right, up }: TangentPlane, x: number, y: number): Vector {
  const at = (k: 0 | 1 | 2) => centre[k] + x * right[k] + y * up[k];
  const length = Math.sqrt(1 + x * x + y * y);
  return [at(0) / length, at(1) / length, at(2) / length];
}
