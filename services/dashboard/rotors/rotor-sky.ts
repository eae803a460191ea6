import type { Overlays } from '#sky-map/overlays';
import type { GridBounds } from '#shared/sky/grid-shape';
import type { Pointing } from '#shared/sky/pointing';
import type { ApiPointing } from '#contract/measurement';
import type { Rotor } from '#contract/rest/rotors';

const STEP_DEG = 2;

type Limits = Pick<Rotor, 'min_elevation' | 'max_elevation' | 'horizon' | 'keep_out'>;

/** The limits and obstacles of a rotor as map overlays. */
export function limitsOf({ min_elevation, max_elevation, horizon, keep_out }: Limits): Overlays {
  return {
    limits: { minElevation: min_elevation, maxElevation: max_elevation },
    horizon,
    keepOut: keep_out.map(({ az_start, az_end, el_min, el_max }) => ({
      azStartDeg: az_start,
      azEndDeg: az_end,
      elMinDeg: el_min,
      elMaxDeg: el_max,
    })),
  };
}

/** A grid of the whole sky from the horizon, or the rotor's lower limit, to the zenith. */
export function wholeSkyGrid({ min_elevation }: Limits): GridBounds {
  return {
    kind: 'rectangular',
    azStartDeg: 0,
    azEndDeg: 360,
    elStartDeg: Math.floor(Math.min(0, min_elevation) / STEP_DEG) * STEP_DEG + STEP_DEG / 2,
    elEndDeg: 90 - STEP_DEG / 2,
    stepDeg: STEP_DEG,
  };
}

/**
 * The azimuth within the travel that points in a direction and is nearest to `fromDeg`; the
 * direction itself if the travel does not include it.
 */
export function nearestAzimuth(
  directionDeg: number,
  { az_min, az_max }: Pick<Rotor, 'az_min' | 'az_max'>,
  fromDeg: number,
): number {
  const first = directionDeg + 360 * Math.ceil((az_min - directionDeg) / 360);
  let best = directionDeg;
  for (let azimuthDeg = first; azimuthDeg <= az_max; azimuthDeg += 360)
    if (azimuthDeg === first || Math.abs(azimuthDeg - fromDeg) < Math.abs(best - fromDeg)) best = azimuthDeg;
  return best;
}

export function toPointing({ azimuth, elevation }: ApiPointing): Pointing {
  return { azimuthDeg: azimuth, elevationDeg: elevation };
}
