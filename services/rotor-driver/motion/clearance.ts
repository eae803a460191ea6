import type { KeepOutSector } from '#shared/sky/obstacles';
import { sectorOfDisc } from '#shared/sky/disc-sector';
import { createSunAbove, SUN, type SunKeepOut } from '#shared/sky/sun-keep-out';

/** What forbids motion for a while, beside the limits of a rotor. */
export interface Clearance {
  /** Why only parking is allowed now (wind, rain); undefined: every move is. */
  suspended: () => string | undefined;
  /**
   * The part of the sky around the Sun that a move which begins now and takes this long stays out
   * of; undefined: none.
   */
  sunFor: (seconds: number) => KeepOutSector | undefined;
}

// The sky turns once in a day, the Sun with it.
const SUN_DEG_PER_S = 360 / 86_164;

/** `suspended`: see there. `sun`: undefined when no distance is kept. */
export function createClearance(
  suspended: Clearance['suspended'],
  sun: SunKeepOut | undefined,
  unixMs: () => number,
): Clearance {
  if (!sun) return { suspended, sunFor: () => undefined };
  const sunAbove = createSunAbove(sun);
  return {
    suspended,
    sunFor(seconds) {
      const centre = sunAbove(unixMs());
      const radiusDeg = sun.keepOutDeg + seconds * SUN_DEG_PER_S;
      return centre && sectorOfDisc({ name: SUN, centre, radiusDeg });
    },
  };
}
