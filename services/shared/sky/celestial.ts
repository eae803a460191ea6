import {
  CombineRotation,
  HorizonFromVector,
  MakeTime,
  Observer,
  RotateVector,
  Rotation_EQJ_HOR,
  Rotation_HOR_EQJ,
  SphereFromVector,
  Rotation_GAL_EQJ,
  Spherical,
  VectorFromHorizon,
  VectorFromSphere,
} from 'astronomy-engine';
import type { Pointing } from './pointing.ts';
import type { Site } from './site.ts';

/** Right ascension and declination of J2000, or galactic longitude and latitude (IAU 1958). */
export type CelestialFrame = 'equatorial' | 'galactic';

/**
 * Converts directions of a frame, degrees, to pointings with refraction at a site and a Unix time,
 * milliseconds. Source: astronomy-engine.
 */
export function celestialPointings(
  frame: CelestialFrame,
  { latitudeDeg, longitudeDeg }: Site,
  unixMs: number,
): (longitude: number, latitude: number) => Pointing {
  const time = MakeTime(new Date(unixMs));
  const toHorizon = Rotation_EQJ_HOR(time, new Observer(latitudeDeg, longitudeDeg, 0));
  const rotation = frame === 'galactic' ? CombineRotation(Rotation_GAL_EQJ(), toHorizon) : toHorizon;
  return (longitude, latitude) => {
    const vector = RotateVector(rotation, VectorFromSphere(new Spherical(latitude, longitude, 1), time));
    const { lon, lat } = HorizonFromVector(vector, 'normal');
    return { azimuthDeg: lon, elevationDeg: lat };
  };
}

/** The inverse: right ascension and declination of J2000 of a pointing with refraction, degrees. */
export function equatorialDirections(
  { latitudeDeg, longitudeDeg }: Site,
  unixMs: number,
): (pointing: Pointing) => { longitudeDeg: number; latitudeDeg: number } {
  const time = MakeTime(new Date(unixMs));
  const rotation = Rotation_HOR_EQJ(time, new Observer(latitudeDeg, longitudeDeg, 0));
  return ({ azimuthDeg, elevationDeg }) => {
    const horizontal = VectorFromHorizon(new Spherical(elevationDeg, azimuthDeg, 1), time, 'normal');
    const { lon, lat } = SphereFromVector(RotateVector(rotation, horizontal));
    return { longitudeDeg: lon, latitudeDeg: lat };
  };
}
