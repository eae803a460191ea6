import { lookAtOrbit, type OrbitalElements, type Place } from './look.ts';
import type { Pointing } from './pointing.ts';
import { withRefraction } from './refraction.ts';
import { createSunAndMoon } from './sun-and-moon.ts';
import { degToRad, radToDeg } from './units.ts';

/** A source that a scan follows, as plain data. */
export interface Frame {
  /** For people: `the Sun`. */
  name: string;
  source: FrameSource;
}

export type FrameSource =
  | { kind: 'fixed'; direction: Pointing }
  | { kind: 'sun' | 'moon'; place: Place }
  | { kind: 'satellite'; elements: OrbitalElements; place: Place };

/** Apparent direction of something at a Unix time, milliseconds. */
export type DirectionAt = (unixMs: number) => Pointing;

const BELOW = { azimuthDeg: 0, elevationDeg: -90 };
const ROUNDING = 1e-9;

/** Where a source is. Throws `invalid` for elements that cannot be propagated. */
export function createDirectionAt(source: FrameSource): DirectionAt {
  switch (source.kind) {
    case 'fixed':
      return () => source.direction;
    case 'sun':
    case 'moon':
      return createSunAndMoon(source.place)[source.kind];
    case 'satellite':
      return satelliteDirection(source.elements, source.place);
  }
}

/** With refraction; a satellite that has decayed is below the horizon. */
export function satelliteDirection(elements: OrbitalElements, place: Place): DirectionAt {
  const lookAt = lookAtOrbit(elements, place);
  return (unixMs) => {
    const look = lookAt(unixMs);
    return look ? withRefraction(look.pointing) : BELOW;
  };
}

/**
 * The pointings of an azimuth-elevation mount at which its beam axis has an offset from a source,
 * in the coordinates of the antenna: with the beam axis b, right r and up v of the antenna, the
 * source is at b cos y cos x - r cos y sin x - v sin y. For small offsets, x is the angle to the
 * right and y the angle upwards. x = 180 with y = 0 is away from the source.
 *
 * The azimuth turns r only: sin(A - As) cos Es = cos y sin x. The elevation then turns the source
 * in the plane of b and v. There are two solutions, with the azimuth in front and behind; none if
 * the source cannot be as far to the side at its elevation. Azimuths are within 180 degrees of that
 * of the source, elevations within 180 degrees of 0: above 90, the mount has turned over.
 */
export function pointingsAt(offset: Pointing, source: Pointing): Pointing[] {
  const [x, y, height] = [offset.azimuthDeg, offset.elevationDeg, source.elevationDeg].map(degToRad) as [
    number,
    number,
    number,
  ];
  const [up, level] = [Math.sin(height), Math.cos(height)];
  const aside = Math.cos(y) * Math.sin(x);
  if (Math.abs(aside) > level + ROUNDING) return [];
  const turn = Math.asin(level === 0 ? 0 : Math.max(-1, Math.min(1, aside / level)));
  const raised = Math.atan2(Math.sin(y), Math.cos(y) * Math.cos(x));
  return [turn, Math.PI - turn].map((azimuth) => ({
    azimuthDeg: source.azimuthDeg + withinHalfTurnDeg(radToDeg(azimuth)),
    elevationDeg: withinHalfTurnDeg(radToDeg(Math.atan2(up, level * Math.cos(azimuth)) + raised)),
  }));
}

/** As above, but the offset is that of the mount: azimuth times the cosine of the elevation. */
export function mountPointingsAt(offset: Pointing, source: Pointing): Pointing[] {
  const turnDeg = offset.azimuthDeg === 0 ? 0 : offset.azimuthDeg / Math.cos(degToRad(source.elevationDeg));
  if (!(Math.abs(turnDeg) <= 180)) return [];
  return [
    {
      azimuthDeg: source.azimuthDeg + turnDeg,
      elevationDeg: source.elevationDeg + offset.elevationDeg,
    },
  ];
}

/** In -180 to 180, which is included. */
export function withinHalfTurnDeg(deg: number): number {
  return deg - 360 * Math.ceil((deg - 180) / 360);
}
