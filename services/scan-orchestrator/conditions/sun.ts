import { Body, Equator, Horizon, Observer } from 'astronomy-engine';
import type { Pointing } from '#shared/pointing';
import { tooNearToSun } from '../domain/sun.ts';

/** Where the rotator stands and how far from the Sun it keeps. */
export interface SunKeepOut {
  latitudeDeg: number;
  longitudeDeg: number;
  keepOutDeg: number;
}

/** Says whether a pointing is too near to the Sun at a Unix time. */
export function createSunCondition({ latitudeDeg, longitudeDeg, keepOutDeg }: SunKeepOut) {
  const observer = new Observer(latitudeDeg, longitudeDeg, 0);

  function sunAt(unixMs: number): Pointing {
    const date = new Date(unixMs);
    const { ra, dec } = Equator(Body.Sun, date, observer, true, true);
    const { azimuth, altitude } = Horizon(date, observer, ra, dec, 'normal');
    return { azimuthDeg: azimuth, elevationDeg: altitude };
  }

  return (pointing: Pointing, unixMs: number): string | undefined =>
    tooNearToSun(pointing, sunAt(unixMs), keepOutDeg);
}
