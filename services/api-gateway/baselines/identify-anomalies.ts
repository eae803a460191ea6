import type { Candidate, Candidates } from '#contract/rest/candidates';
import type { Site } from '#shared/sky/site';
import type { FoundAnomaly } from '../clients/comparison-messages.ts';
import { mayBecomeUsual } from '../domain/baselines/known.ts';
import { sunBeside } from '../domain/baselines/sun-beam.ts';
import { nearestEntry } from '../domain/catalogue.ts';
import { entriesFor, type AnomalyFields, type KnownEntry } from '../store/comparisons/anomalies.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { ComparisonParts } from './parts.ts';

/** An anomaly to store. */
export interface IdentifiedAnomaly extends AnomalyFields {
  /** A user has accepted it, so that it may become usual. */
  isAccepted: boolean;
}

/** What anomalies are: by what is known of the sky, and by the catalogue of the site. */
export async function identifyAnomalies(
  { db, identify, placeOf }: Pick<ComparisonParts, 'db' | 'identify' | 'placeOf'>,
  session: SessionRow,
  anomalies: readonly FoundAnomaly[],
  beamWidthDeg: number,
  signal: AbortSignal,
): Promise<IdentifiedAnomaly[]> {
  if (anomalies.length === 0) return [];
  const sources = anomalies.map(({ source }) => ({ ...source, candidates: [] }));
  const names = await identify(session, sources, signal);
  const site = await placeOf(session.site_id);
  const seen = await entriesFor(db, session.site_id, session.id);
  // A source that is gone is not one of the session.
  const all = anomalies.some(({ kind }) => kind === 'gone')
    ? await entriesFor(db, session.site_id, undefined)
    : [];
  return anomalies.map((anomaly, k) => {
    const entries = anomaly.kind === 'gone' ? all : seen;
    const entry = nearestEntry(directionOf(anomaly), entries, beamWidthDeg);
    return identified(
      anomaly,
      nameOf(names[k], entry, () => site && sunOf(anomaly, site, beamWidthDeg)),
      entry,
    );
  });
}

/** The source of the session was found against the whole sky, with errors of its own. */
function nameOf(
  own: Candidates | undefined,
  entry: KnownEntry | undefined,
  sun: () => Candidate | undefined,
): Pick<KnownEntry, 'identity' | 'candidates'> {
  if (own?.accepted) return { identity: own.accepted, candidates: own.candidates };
  if (entry?.identity) return entry;
  const beside = sun();
  if (beside) return { identity: beside.name, candidates: [beside] };
  return { identity: null, candidates: own?.candidates ?? [] };
}

/** The beam of the Sun explains more power, not less. */
function sunOf({ source, z }: FoundAnomaly, site: Site, beamWidthDeg: number): Candidate | undefined {
  const { azimuth_deg: azimuthDeg, elevation_deg: elevationDeg, first_seen, last_seen } = source;
  const seen = { azimuthDeg, elevationDeg, firstMs: first_seen.getTime(), lastMs: last_seen.getTime() };
  const beside = z > 0 ? sunBeside(seen, site, beamWidthDeg) : undefined;
  if (!beside) return undefined;
  const { beamWidths, chance } = beside;
  return {
    name: 'Sun',
    kind: 'sun',
    posterior: 1 - chance,
    chance,
    distance: beamWidths,
    agrees: [],
    warnings: [`${beamWidths.toFixed(1)} beam widths from the Sun: its beam reaches there`],
  };
}

function directionOf({ source }: FoundAnomaly) {
  const { azimuth_deg: azimuthDeg, elevation_deg: elevationDeg, channels } = source;
  return { azimuthDeg, elevationDeg, channels };
}

function identified(
  { kind, source, z, changeDb, changeErrorDb, from }: FoundAnomaly,
  { identity, candidates }: Pick<KnownEntry, 'identity' | 'candidates'>,
  entry: KnownEntry | undefined,
): IdentifiedAnomaly {
  const { azimuth_deg, elevation_deg, azimuth_error_deg, elevation_error_deg, ...rest } = source;
  const { covariance_xx, covariance_xy, covariance_yy, channels, first_seen, last_seen } = rest;
  return {
    kind,
    azimuth_deg,
    elevation_deg,
    azimuth_error_deg,
    elevation_error_deg,
    covariance_xx,
    covariance_xy,
    covariance_yy,
    z,
    change_db: changeDb,
    change_error_db: changeErrorDb ?? null,
    from_azimuth_deg: from?.azimuthDeg ?? null,
    from_elevation_deg: from?.elevationDeg ?? null,
    channels,
    first_seen,
    last_seen,
    catalogue_id: entry?.id ?? null,
    candidates,
    identity,
    isAccepted: mayBecomeUsual(entry?.is_known ?? false, { identity, candidates }),
  };
}
