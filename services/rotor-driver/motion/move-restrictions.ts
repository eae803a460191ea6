import type { KeepOutSector } from '#shared/sky/obstacles';
import { sectorOfDisc } from '#shared/sky/disc-sector';
import { createSunAbove, SUN, type SunKeepOut } from '#shared/sky/sun-keep-out';

/** Temporary restrictions of moves: suspend conditions and the Sun. */
export interface MoveRestrictions {
  /** The suspend condition that holds, during which only parking is allowed; undefined: none. */
  suspended: () => string | undefined;
  /**
   * The sector around the Sun that a move of this duration has to avoid from now on; undefined:
   * none.
   */
  sunFor: (seconds: number) => KeepOutSector | undefined;
}

// The apparent motion of the Sun.
const SUN_DEG_PER_S = 360 / 86_164;

/** `sun`: undefined without SUN_KEEP_OUT_DEG. */
export function createMoveRestrictions(
  suspended: MoveRestrictions['suspended'],
  sun: SunKeepOut | undefined,
  unixMs: () => number,
): MoveRestrictions {
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
