import { Body, Equator, Horizon, Observer } from 'astronomy-engine';
import type { Pointing } from './pointing.ts';
import type { Site } from './site.ts';

/**
 * Apparent topocentric pointings of Sun and Moon, with refraction, at a Unix time in milliseconds;
 * the elevation is negative below the horizon. Source: astronomy-engine.
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
