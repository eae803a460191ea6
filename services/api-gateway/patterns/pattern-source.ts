import type { PatternQuery } from '#contract/rest/patterns';
import { createDirectionAt, type Frame } from '#shared/sky/frame';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { requirePlace } from '../domain/known-object-target.ts';
import type { KnownTarget } from '../domain/pointing-target.ts';
import type { PointingParts } from '../pointing/parts.ts';
import { targetOf } from '../pointing/target.ts';
import type { SessionRow } from '../store/sessions.ts';

export type SourceParts = Pick<PointingParts, 'db' | 'analyst' | 'placeOf'>;

/** A source in the sense of a query; the speed of a satellite does not matter. */
export interface PatternSource extends KnownTarget {
  /** Diameter of its disc. */
  widthDeg: number;
  isSun: boolean;
}

/** Of Sun and Moon; both change by 7 % over a year. */
const DISC_DEG = 0.53;

/**
 * What the session was scanned over: as in the query, or what it followed; one of them must be
 * known. Throws as `targetOf`.
 */
export async function patternSource(
  parts: SourceParts,
  query: PatternQuery,
  { site_id: siteId, frame }: Pick<SessionRow, 'site_id' | 'frame'>,
): Promise<PatternSource> {
  if (frame && !namesSource(query)) return frameSource(frame.resolved, query);
  const { source, satellite, emitter, azimuth = 0, elevation = 0 } = query;
  const widthDeg = query.source_width_deg ?? (source === undefined ? 0 : DISC_DEG);
  if (source === 'moon') {
    const place = requirePlace(await parts.placeOf(siteId), 'of the Moon');
    return { name: 'the Moon', directionAt: createSunAndMoon(place).moon, widthDeg, isSun: false };
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
  return { ...(await targetOf(parts, target, siteId, Infinity)), widthDeg, isSun: source === 'sun' };
}

function frameSource({ name, source }: Frame, { source_width_deg }: PatternQuery): PatternSource {
  const hasDisc = source.kind === 'sun' || source.kind === 'moon';
  return {
    name,
    directionAt: createDirectionAt(source),
    widthDeg: source_width_deg ?? (hasDisc ? DISC_DEG : 0),
    isSun: source.kind === 'sun',
  };
}

export function namesSource({ source, satellite, emitter, azimuth }: PatternQuery): boolean {
  return [source, satellite, emitter, azimuth].some((each) => each !== undefined);
}
