import type { PROJECTIONS } from '#contract/map-options';
import { azimuthOnCircleDeg, beamDirection } from '#shared/sky/pointing';
import { degToRad, radToDeg } from '#shared/sky/units';
import type { SkyMap } from './sky-map.ts';

export type ProjectionName = (typeof PROJECTIONS)[number];

/** A point on the projection plane, degrees: x to the right, y up. */
export interface PlanePoint {
  x: number;
  y: number;
}

/** A projection of the sky onto a plane in degrees. */
export interface Projection {
  readonly name: ProjectionName;
  /** Bounds of the visible plane. */
  readonly extent: { left: number; right: number; bottom: number; top: number };
  /** Elevations above 90 are those of a mount that has turned over: where its beam is. */
  forward(azimuthDeg: number, elevationDeg: number): PlanePoint;
  /** Elevation at a point, degrees; NaN outside the sky. */
  elevationAt(x: number, y: number): number;
  /** Azimuth at a point inside the sky, degrees, 0 to 360. */
  azimuthAt(x: number, y: number): number;
}

/** Creates the projection of a map. */
export function createProjection(name: ProjectionName, map: Pick<SkyMap, 'sector' | 'band'>): Projection {
  return name === 'polar' ? polar(Math.min(0, map.band.bottomDeg)) : rectangular(map);
}

/**
 * Azimuthal equidistant: zenith in the centre, north up, east to the right as on a compass. The
 * distance from the centre is the angle from the zenith. The rim is the horizon, or `floorDeg` if
 * cells lie below it.
 */
function polar(floorDeg: number): Projection {
  const radius = 90 - floorDeg;
  return {
    name: 'polar',
    extent: { left: -radius, right: radius, bottom: -radius, top: radius },
    forward(azimuthDeg, elevationDeg) {
      const fromZenith = 90 - elevationDeg;
      const angle = degToRad(azimuthDeg);
      return { x: fromZenith * Math.sin(angle), y: fromZenith * Math.cos(angle) };
    },
    elevationAt(x, y) {
      const fromZenith = Math.sqrt(x * x + y * y);
      return fromZenith <= radius ? 90 - fromZenith : NaN;
    },
    azimuthAt(x, y) {
      const azimuthDeg = radToDeg(Math.atan2(x, y));
      return azimuthDeg < 0 ? azimuthDeg + 360 : azimuthDeg;
    },
  };
}

/** Azimuth to the right from the start of the grid, elevation up. */
function rectangular({ sector, band }: Pick<SkyMap, 'sector' | 'band'>): Projection {
  const left = sector.startDeg;
  const right = left + sector.widthDeg;
  return {
    name: 'rectangular',
    extent: { left, right, bottom: band.bottomDeg, top: band.topDeg },
    forward(azimuthDeg, elevationDeg) {
      const beam = beamDirection({ azimuthDeg, elevationDeg });
      return { x: left + azimuthOnCircleDeg(beam.azimuthDeg - left), y: beam.elevationDeg };
    },
    elevationAt: (x, y) => (x >= left && x <= right && y >= band.bottomDeg && y <= band.topDeg ? y : NaN),
    azimuthAt: azimuthOnCircleDeg,
  };
}
