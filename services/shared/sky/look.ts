import {
  ecfToLookAngles,
  eciToEcf,
  geodeticToEcf,
  gstime,
  json2satrec,
  propagate,
  type EciVec3,
  type LookAngles,
  type OMMJsonObject,
} from 'satellite.js';
import { SkyScanError } from '../base/errors.ts';
import type { Pointing } from './pointing.ts';
import type { Site } from './site.ts';
import { degToRad, radToDeg } from './units.ts';

/** A place and its height above the WGS 84 ellipsoid. */
export interface Place extends Site {
  heightM: number;
}

/** Orbital elements in the JSON form of OMM (CCSDS 502.0-B-3). */
export type OrbitalElements = OMMJsonObject;

/** Geometric direction and distance of something, without refraction. */
export interface Look {
  pointing: Pointing;
  distanceM: number;
}

const TO_METRES = 1_000;

/** Direction of a place on Earth, the straight line; the elevation may be negative. */
export function lookAtPlace(from: Place, to: Place): Look {
  return lookOf(ecfToLookAngles(geodeticOf(from), geodeticToEcf(geodeticOf(to))));
}

/**
 * Direction of a satellite at a Unix time, milliseconds (SGP4, satellite.js); undefined when it has
 * decayed. Throws `invalid` for elements that cannot be propagated.
 */
export function lookAtOrbit(elements: OrbitalElements, from: Place): (unixMs: number) => Look | undefined {
  const observer = geodeticOf(from);
  const positionAt = propagatorOf(elements);
  return (unixMs) => {
    const date = new Date(unixMs);
    const position = positionAt(date);
    return position && lookOf(ecfToLookAngles(observer, eciToEcf(position, gstime(date))));
  };
}

function propagatorOf(elements: OrbitalElements): (date: Date) => EciVec3<number> | undefined {
  try {
    const satellite = json2satrec(elements);
    const positionAt = (date: Date) => propagate(satellite, date)?.position;
    // A missing element makes every coordinate NaN.
    if (Number.isFinite(positionAt(new Date(utc(elements.EPOCH)))?.x)) return positionAt;
  } catch {
    // Or the library fails.
  }
  throw new SkyScanError(
    'invalid',
    `satellite ${elements.OBJECT_NAME}: its orbital elements cannot be propagated`,
  );
}

/** Times in OMM are UTC, mostly without saying so. */
function utc(time: string): string {
  return time.endsWith('Z') ? time : `${time}Z`;
}

function lookOf({ azimuth, elevation, rangeSat }: LookAngles): Look {
  return {
    pointing: { azimuthDeg: radToDeg(azimuth), elevationDeg: radToDeg(elevation) },
    distanceM: rangeSat * TO_METRES,
  };
}

function geodeticOf({ latitudeDeg, longitudeDeg, heightM }: Place) {
  return {
    latitude: degToRad(latitudeDeg),
    longitude: degToRad(longitudeDeg),
    height: heightM / TO_METRES,
  };
}
