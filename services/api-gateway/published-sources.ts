import type { Candidate } from '#contract/rest/candidates';
import type { CatalogueEntry, Source, SourceSearch } from '#contract/rest/sources';
import { roundedTo } from './domain/rounding.ts';
import type { CatalogueRow } from './store/sources/catalogue.ts';
import type { Coverage } from './store/sources/coverage.ts';
import type { SourceSearchRow } from './store/sources/searches.ts';
import type { SourceRow } from './store/sources/sources.ts';

/** Decimals of angles and their errors, degrees. */
const ANGLE = 4;
const COVARIANCE = 7;
const LEVEL = 2;
const SHARE = 4;

export function publishedSource(row: SourceRow): Source {
  const { id, session_id, number, catalogue_id, name, channels, occupancy, is_narrow, flags } = row;
  const [xx, xy, yy] = [row.covariance_xx, row.covariance_xy, row.covariance_yy].map((value) =>
    roundedTo(value, COVARIANCE),
  ) as [number, number, number];
  return {
    id,
    session_id,
    number,
    catalogue_id,
    name,
    azimuth: roundedTo(row.azimuth_deg, ANGLE),
    elevation: roundedTo(row.elevation_deg, ANGLE),
    azimuth_error_deg: roundedTo(row.azimuth_error_deg, ANGLE),
    elevation_error_deg: roundedTo(row.elevation_error_deg, ANGLE),
    covariance: [
      [xx, xy],
      [xy, yy],
    ],
    peak_db: roundedTo(row.peak_db, LEVEL),
    snr: roundedTo(row.snr, 1),
    width_deg: row.width_deg === null ? null : roundedTo(row.width_deg, ANGLE),
    channels,
    bandwidth_hz: channels.reduce((sum, { from_hz, to_hz }) => sum + to_hz - from_hz, 0),
    occupancy: occupancy === null ? null : roundedTo(occupancy, SHARE),
    is_narrow,
    first_seen: row.first_seen.toISOString(),
    last_seen: row.last_seen.toISOString(),
    flags,
    candidates: publishedCandidates(row.candidates),
  };
}

export function publishedCandidates(candidates: readonly Candidate[]): Candidate[] {
  return candidates.map((candidate) => ({
    ...candidate,
    posterior: roundedTo(candidate.posterior, SHARE),
    chance: roundedTo(candidate.chance, SHARE),
    distance: roundedTo(candidate.distance, 2),
  }));
}

export function publishedSearch({ session_id: _sessionId, ...row }: SourceSearchRow): SourceSearch {
  return {
    ...row,
    requested_at: row.requested_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}

export function publishedEntry(row: CatalogueRow & Coverage): CatalogueEntry {
  const { azimuth_deg, elevation_deg, first_seen, last_seen, peak_db, ...rest } = row;
  return {
    ...rest,
    azimuth: roundedTo(azimuth_deg, ANGLE),
    elevation: roundedTo(elevation_deg, ANGLE),
    first_seen: first_seen.toISOString(),
    last_seen: last_seen.toISOString(),
    peak_db: peak_db === null ? null : roundedTo(peak_db, LEVEL),
  };
}
