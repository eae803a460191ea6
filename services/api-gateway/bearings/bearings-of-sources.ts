import type { Candidate } from '#contract/rest/candidates';
import { degToRad } from '#shared/sky/units';
import type { SolvableBearing } from '../clients/bearing-messages.ts';
import type { PlacedSite } from '../sites/site-place.ts';
import type { SourceRow } from '../store/ground-places.ts';

/** A source without bearing, with the reason. */
export interface SkippedSource {
  sourceId: number;
  reason: string;
}

/** Higher sources are hardly on the ground: at 15 degrees, 10 km away is 2.7 km high. */
const MAX_ELEVATION_DEG = 15;
/** Error of a calibrated rotator that the errors of its sources do not contain. */
const POINTING_SIGMA_DEG = 0.5;
const IN_THE_SKY: ReadonlySet<Candidate['kind']> = new Set([
  'sun',
  'moon',
  'low_satellite',
  'satellite',
  'geostationary',
]);
/** Above it, a source is the candidate. */
const ACCEPTED_POSTERIOR = 0.9;
/** With a larger error, the source may be anywhere. */
const MAX_SIGMA_DEG = 45;
const SKIPPED_FLAGS = new Map([
  ['sidelobe', 'its direction is that of a side lobe'],
  ['moving', 'it moves'],
]);

/**
 * Bearings to the sources of several sites: the standard deviation of the azimuth is that to the
 * right in the tangent plane by the cosine of the elevation, and 0.5 degrees for the rotator.
 * Sources that are not on the ground, that move, or whose site has no place are skipped.
 */
export function bearingsOfSources(
  sources: readonly SourceRow[],
  siteOf: (siteId: number) => PlacedSite | undefined,
): { bearings: SolvableBearing[]; skipped: SkippedSource[] } {
  const bearings: SolvableBearing[] = [];
  const skipped: SkippedSource[] = [];
  for (const source of sources) {
    const site = siteOf(source.site_id);
    const sigmaDeg = azimuthSigmaDeg(source);
    const reason = site ? reasonToSkip(source, sigmaDeg) : `site ${source.site_id} has no place`;
    if (!site || reason !== undefined) {
      skipped.push({ sourceId: source.id, reason: reason ?? '' });
      continue;
    }
    bearings.push({
      ...site,
      azimuthDeg: source.azimuth_deg,
      accuracy: { sigmaDeg },
      channels: source.channels?.map(({ from_hz, to_hz }) => ({ fromHz: from_hz, toHz: to_hz })),
      fromMs: source.first_seen.getTime(),
      toMs: source.last_seen.getTime(),
      sourceId: source.id,
      sessionId: source.session_id,
    });
  }
  return { bearings, skipped };
}

function azimuthSigmaDeg({ covariance_xx, elevation_deg }: SourceRow): number {
  return Math.hypot(
    Math.sqrt(Math.max(0, covariance_xx)) / Math.cos(degToRad(elevation_deg)),
    POINTING_SIGMA_DEG,
  );
}

function reasonToSkip(
  { elevation_deg, flags, candidates: [best] }: SourceRow,
  sigmaDeg: number,
): string | undefined {
  if (best && IN_THE_SKY.has(best.kind) && best.posterior > ACCEPTED_POSTERIOR) return `it is ${best.name}`;
  if (elevation_deg >= MAX_ELEVATION_DEG)
    return `elevation ${elevation_deg.toFixed(1)} deg is not below ${MAX_ELEVATION_DEG} deg`;
  if (!(sigmaDeg <= MAX_SIGMA_DEG))
    return `azimuth error ${sigmaDeg.toFixed(1)} deg is above ${MAX_SIGMA_DEG} deg`;
  return flags.map((flag) => SKIPPED_FLAGS.get(flag)).find((text) => text !== undefined);
}
