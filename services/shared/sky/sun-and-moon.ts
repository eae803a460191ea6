import { Body, Equator, Horizon, Observer } from 'astronomy-engine';
import type { Pointing } from './pointing.ts';
import type { Site } from './site.ts';

/**
 * Where Sun and Moon are in the sky of a place at a Unix time, milliseconds: apparent, with
 * refraction, elevation negative when they are down. The Moon is seen from the surface, not from
 * the centre of the Earth: that is up to 1 degree. Source: astronomy-engine.
 */
export interface SunAndMoon {
  sun: (unixMs: number) => Pointing;
  moon: (unixMs: number) => Pointing;
}

export function createSunAndMoon({ latitudeDeg, longitudeDeg }: Site): SunAndMoon {
  const observer = new Observer(latitudeDeg, longitudeDeg, 0);

  function at(body: Body, unixMs: number): Pointing {
    const date = new Date(unixMs);
    const { ra, dec } = Equator(body, date, observer, true, true);
    const { azimuth, altitude } = Horizon(date, observer, ra, dec, 'normal');
    return { azimuthDeg: azimuth, elevationDeg: altitude };
  }

  return { sun: (unixMs) => at(Body.Sun, unixMs), moon: (unixMs) => at(Body.Moon, unixMs) };
}
