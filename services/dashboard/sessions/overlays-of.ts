import type { Overlays } from '#sky-map/overlays';
import type { ApiPointing } from '#contract/measurement';
import type { Plan } from '#contract/rest/plan';
import type { Rotor } from '#contract/rest/rotors';
import type { Sky } from '#contract/rest/sky';
import type { RotorMessage } from '#contract/live/rotor-messages';

/** What is drawn over a session's map. What is of now only while it is active. */
export function overlaysOf(
  plan: Plan | undefined,
  rotor: Rotor | undefined,
  state: RotorMessage | undefined,
  sky: Sky | undefined,
  active: boolean,
): Overlays {
  return {
    ...(rotor && {
      horizon: rotor.horizon,
      limits: { minElevation: rotor.min_elevation, maxElevation: rotor.max_elevation },
      keepOut: rotor.keep_out.map(({ az_start, az_end, el_min, el_max }) => ({
        azStartDeg: az_start,
        azEndDeg: az_end,
        elMinDeg: el_min,
        elMaxDeg: el_max,
      })),
    }),
    ...(active && plan && { path: plan.path }),
    ...(active && {
      rotor: state && {
        readback: pointing(state),
        setpoint: state.setpoint && pointing(state.setpoint),
        moving: state.moving,
      },
      sun: sky?.sun && pointing(sky.sun),
      moon: sky?.moon && pointing(sky.moon),
    }),
  };
}

function pointing({ azimuth, elevation }: ApiPointing) {
  return { azimuthDeg: azimuth, elevationDeg: elevation };
}
