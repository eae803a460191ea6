import type { Overlays } from '#sky-map/overlays';
import type { Plan } from '#contract/rest/plan';
import type { Rotor } from '#contract/rest/rotors';
import type { Sky } from '#contract/rest/sky';
import type { RotorMessage } from '#contract/live/rotor-messages';
import { limitsOf, toPointing } from '../rotors/rotor-sky.ts';

/**
 * The overlays of a session's map; live positions and the path only while the session is active.
 */
export function overlaysOf(
  plan: Plan | undefined,
  rotor: Rotor | undefined,
  state: RotorMessage | undefined,
  sky: Sky | undefined,
  active: boolean,
): Overlays {
  return {
    ...(rotor && limitsOf(rotor)),
    ...(active && plan && { path: plan.path }),
    ...(active && {
      rotor: state && {
        readback: toPointing(state),
        setpoint: state.setpoint && toPointing(state.setpoint),
        moving: state.moving,
      },
      sun: sky?.sun && toPointing(sky.sun),
      moon: sky?.moon && toPointing(sky.moon),
    }),
  };
}
