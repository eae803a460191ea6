import type { PatternQuery } from '#contract/rest/patterns';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { requirePlace } from '../domain/known-object-target.ts';
import type { KnownTarget } from '../domain/pointing-target.ts';
import type { PointingParts } from '../pointing/parts.ts';
import { targetOf } from '../pointing/target.ts';

export type SourceParts = Pick<PointingParts, 'db' | 'analyst' | 'placeOf'>;

/** A source in the sense of a query; the speed of a satellite does not matter. */
export interface PatternSource extends KnownTarget {
  /** Diameter of its disc. */
  widthDeg: number;
}

/** Of Sun and Moon; both change by 7 % over a year. */
const DISC_DEG = 0.53;

/**
 * What the session was scanned over. It is in the query, because a session does not know it. Throws
 * as `targetOf`.
 */
export async function patternSource(
  parts: SourceParts,
  query: PatternQuery,
  siteId: number,
): Promise<PatternSource> {
  const { source, satellite, emitter, azimuth = 0, elevation = 0 } = query;
  const widthDeg = query.source_width_deg ?? (source === undefined ? 0 : DISC_DEG);
  if (source === 'moon') {
    const place = requirePlace(await parts.placeOf(siteId), 'of the Moon');
    return { name: 'the Moon', directionAt: createSunAndMoon(place).moon, widthDeg };
  }
  const target =
    source ??
    (satellite !== undefined
      ? { satellite }
      : emitter !== undefined
        ? { emitter }
        : {
            name: `azimuth ${azimuth} deg, elevation ${elevation} deg`,
            azimuth_deg: azimuth,
            elevation_deg: elevation,
          });
  // Each point has the direction of its own time: any speed is right.
  return { ...(await targetOf(parts, target, siteId, Infinity)), widthDeg };
}
