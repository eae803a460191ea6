import { geodesicEnd } from '#shared/sky/geodesic';
import type { Site } from '#shared/sky/site';
import { radToDeg } from '#shared/sky/units';

/** A distance on the ground from a place, metres. */
export interface Offset {
  eastM: number;
  northM: number;
}

/** The place at an offset, along the geodesic in its direction. */
export function placeAt(origin: Site, { eastM, northM }: Offset): Site {
  return geodesicEnd(origin, radToDeg(Math.atan2(eastM, northM)), Math.hypot(eastM, northM));
}
