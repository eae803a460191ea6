import { degToRad } from '#shared/sky/units';
import { dot, vectorOf, type Vector } from '../finder/sphere.ts';

/** Pointings of the antenna and directions of the source at the same times, degrees. */
export interface SourcePasses {
  azimuthDeg: ArrayLike<number>;
  elevationDeg: ArrayLike<number>;
  sourceAzimuthDeg: ArrayLike<number>;
  sourceElevationDeg: ArrayLike<number>;
}

/**
 * Where the source is as the antenna sees it: unit vectors to the right, forward and up, three
 * numbers for each point. The beam axis is b = u(A, E), up is v = du/dE, and right is b x v, which
 * is level; elevations above 90 degrees turn the antenna over.
 */
export function antennaVectors(passes: SourcePasses): Float64Array {
  const { azimuthDeg, elevationDeg, sourceAzimuthDeg, sourceElevationDeg } = passes;
  const vectors = new Float64Array(3 * azimuthDeg.length);
  for (let k = 0; k < azimuthDeg.length; k++) {
    const source = vectorOf(sourceAzimuthDeg[k] as number, sourceElevationDeg[k] as number);
    vectors.set(antennaVector(source, azimuthDeg[k] as number, elevationDeg[k] as number), 3 * k);
  }
  return vectors;
}

/** A direction on the sky as an antenna at a pointing sees it: right, forward, up. */
export function antennaVector(direction: Vector, azimuthDeg: number, elevationDeg: number): Vector {
  const [az, el] = [degToRad(azimuthDeg), degToRad(elevationDeg)];
  const [sinAz, cosAz, sinEl, cosEl] = [Math.sin(az), Math.cos(az), Math.sin(el), Math.cos(el)];
  return [
    dot(direction, [cosAz, -sinAz, 0]),
    dot(direction, [cosEl * sinAz, cosEl * cosAz, sinEl]),
    dot(direction, [-sinEl * sinAz, -sinEl * cosAz, cosEl]),
  ];
}
