import type { Candidates } from '#contract/rest/candidates';
import type { SeenSource } from '../clients/known-sky.ts';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import type { PlaceOf } from '../sites/site-place.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { FoundSource } from '../store/sources/sources.ts';
import { identify } from './identify.ts';

/** Limit of sky-analyst. */
const MAX_CHANNELS = 64;
/** Smallest variance of a direction, degrees^2: 0.01 degrees. */
const MIN_VARIANCE = 1e-4;

/**
 * What the sources of a session probably are, in their order; empty if the site has no place. A
 * source whose motion is not known is asked for in the middle of the time in which it was seen.
 */
export async function identifySession(
  db: Database,
  analyst: SkyAnalyst,
  placeOf: PlaceOf,
  session: SessionRow,
  found: readonly FoundSource[],
  signal: AbortSignal,
): Promise<Candidates[]> {
  const place = await placeOf(session.site_id);
  if (!place) return [];
  const names = await identify(db, analyst, place, found.map(seenSource), signal);
  return names.map(withoutBelt);
}

/** Sources on the belt are different ones: its name must not make them one in the catalogue. */
function withoutBelt({ accepted, candidates }: Candidates): Candidates {
  return { accepted: candidates[0]?.kind === 'belt' ? null : accepted, candidates };
}

function seenSource(source: FoundSource): SeenSource {
  const { azimuth_deg, elevation_deg, channels, is_narrow, first_seen, last_seen, sightings } = source;
  const middle = { time_ms: (first_seen.getTime() + last_seen.getTime()) / 2, azimuth_deg, elevation_deg };
  const seen = sightings.length > 0 ? sightings : [{ ...source, ...middle }];
  return {
    sightings: seen.map((each) => ({
      timeMs: each.time_ms,
      azimuthDeg: ((each.azimuth_deg % 360) + 360) % 360,
      elevationDeg: Math.min(90, Math.max(-90, each.elevation_deg)),
      covariance: covarianceOf(each),
    })),
    channels: channels.slice(0, MAX_CHANNELS).map(({ from_hz, to_hz }) => ({ fromHz: from_hz, toHz: to_hz })),
    isNarrow: is_narrow,
  };
}

type Errors = Pick<FoundSource, 'covariance_xx' | 'covariance_xy' | 'covariance_yy'>;

/** One that can be inverted. */
function covarianceOf({ covariance_xx, covariance_xy: xy, covariance_yy }: Errors) {
  const [xx, yy] = [Math.max(MIN_VARIANCE, covariance_xx), Math.max(MIN_VARIANCE, covariance_yy)];
  return { xx, xy: xy * xy < 0.99 * xx * yy ? xy : 0, yy };
}
