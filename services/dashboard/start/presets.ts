import type { Rotor } from '#contract/rest/rotors';
import type { ScanRequest } from '#contract/rest/sessions';

type Bounds = Record<keyof Pick<ScanRequest, 'az_start' | 'az_end' | 'el_start' | 'el_end'>, string>;
type Azimuths = Pick<Bounds, 'az_start' | 'az_end'>;
type Limits = Pick<Rotor, 'az_min' | 'az_max' | 'min_elevation' | 'max_elevation' | 'horizon'>;

/** The azimuths that a scan may ask for, degrees. */
export interface AzimuthRange {
  min: number;
  max: number;
}

/**
 * All of the sky that a rotor reaches at every azimuth: from its lowest elevation, or the highest
 * point of its horizon, up.
 */
export function wholeSky(rotor: Limits, range: AzimuthRange): Bounds {
  return {
    ...allAzimuths(rotor, range),
    el_start: text(lowestDeg(rotor)),
    el_end: text(rotor.max_elevation),
  };
}

/** Once round, as low as the rotor may everywhere. */
export function horizonSweep(rotor: Limits, range: AzimuthRange): Bounds {
  const lowest = text(lowestDeg(rotor));
  return { ...allAzimuths(rotor, range), el_start: lowest, el_end: lowest };
}

/**
 * `widthDeg` (at most 360) around a direction. A sector through north ends at a smaller azimuth
 * than it begins.
 */
export function sectorAround(directionDeg: number, widthDeg: number): Azimuths {
  if (widthDeg >= 360) {
    const from = turn(directionDeg);
    return { az_start: text(from - 180), az_end: text(from + 180) };
  }
  const start = turn(directionDeg - widthDeg / 2);
  return { az_start: text(start), az_end: text(turn(start + widthDeg)) };
}

/** The circle from north, or the whole travel when that is less than a circle. */
function allAzimuths({ az_min, az_max }: Limits, { min, max }: AzimuthRange): Azimuths {
  if (az_max - az_min >= 360) return { az_start: '0', az_end: '360' };
  // The same sky, one turn on, where the travel lies beyond what may be asked for.
  const turns = az_max > max ? -360 : az_min < min ? 360 : 0;
  return { az_start: text(az_min + turns), az_end: text(az_max + turns) };
}

/** Straight lines between the points of a mask: none is above the highest of them. */
function lowestDeg({ min_elevation, max_elevation, horizon }: Limits): number {
  return Math.min(max_elevation, Math.max(min_elevation, ...horizon.map(([, elevation]) => elevation)));
}

/** 0 to 360. */
function turn(deg: number): number {
  return deg - 360 * Math.floor(deg / 360);
}

// A thousandth of a degree: what halving and turning leave behind is no wish of anybody.
function text(deg: number): string {
  return String(Math.round(deg * 1000) / 1000);
}
