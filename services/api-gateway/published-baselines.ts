import type { Anomaly, Comparison } from '#contract/rest/anomalies';
import type { Baseline, BaselineSession } from '#contract/rest/baselines';
import { binsOf } from './domain/baselines/bins.ts';
import { isKnownObject } from './domain/baselines/known.ts';
import { unitOf, type Setup } from './domain/baselines/setup.ts';
import { roundedTo } from './domain/rounding.ts';
import { publishedCandidates } from './published-sources.ts';
import type { BaselineSummary } from './store/baselines/baselines.ts';
import type { MemberRow } from './store/baselines/members.ts';
import type { AnomalyRow } from './store/comparisons/anomalies.ts';
import type { ComparisonRow } from './store/comparisons/comparisons.ts';

/** Decimals. */
const ANGLE = 4;
const LEVEL = 2;
const SPREAD = 3;

export function publishedBaseline(row: BaselineSummary): Baseline {
  const { setup, stale_bins: _stale, revision: _revision, bands, bins, ...rest } = row;
  return {
    ...rest,
    grid: setup && gridOf(setup),
    unit: setup && unitOf(setup),
    bands: bands.map((band, index) => ({ index, ...band })),
    bins: bins.map((bin) => ({ ...bin, spread_db: rounded(bin.spread_db, SPREAD) })),
    first_session_at: row.first_session_at?.toISOString() ?? null,
    last_session_at: row.last_session_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}

function gridOf({ area }: Setup): Baseline['grid'] {
  const { kind, azStartDeg, azEndDeg, elStartDeg, elEndDeg, stepDeg } = area;
  return {
    kind,
    az_start: azStartDeg,
    az_end: azEndDeg,
    el_start: elStartDeg,
    el_end: elEndDeg,
    step_deg: stepDeg,
  };
}

export function publishedMember(row: MemberRow): BaselineSession {
  const { session_id, status, reason, is_by_user, masked, started_at } = row;
  return {
    session_id,
    status,
    reason,
    is_by_user,
    masked,
    bins: status === 'included' ? binsOf(row) : [],
    anomalies: row.anomalies,
    offset_db: rounded(row.offset_db, SPREAD),
    started_at: started_at?.toISOString() ?? null,
  };
}

export function publishedComparison(row: ComparisonRow): Comparison {
  return {
    ...row,
    offset_db: rounded(row.offset_db, SPREAD),
    noise_scale: rounded(row.noise_scale, SPREAD),
    requested_at: row.requested_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}

export function publishedAnomaly(row: AnomalyRow): Anomaly {
  const { id, session_id, baseline_id, number, kind, channels, catalogue_id, name, identity } = row;
  const { from_azimuth_deg: fromAzimuth, from_elevation_deg: fromElevation, candidates } = row;
  return {
    id,
    session_id,
    baseline_id,
    number,
    kind,
    azimuth: roundedTo(row.azimuth_deg, ANGLE),
    elevation: roundedTo(row.elevation_deg, ANGLE),
    azimuth_error_deg: roundedTo(row.azimuth_error_deg, ANGLE),
    elevation_error_deg: roundedTo(row.elevation_error_deg, ANGLE),
    z: roundedTo(row.z, LEVEL),
    change_db: roundedTo(row.change_db, LEVEL),
    change_error_db: rounded(row.change_error_db, LEVEL),
    from:
      fromAzimuth === null || fromElevation === null
        ? null
        : { azimuth: roundedTo(fromAzimuth, ANGLE), elevation: roundedTo(fromElevation, ANGLE) },
    channels,
    bandwidth_hz: channels.reduce((sum, { from_hz, to_hz }) => sum + to_hz - from_hz, 0),
    first_seen: row.first_seen.toISOString(),
    last_seen: row.last_seen.toISOString(),
    catalogue_id,
    name,
    is_known: row.is_known || isKnownObject({ identity, candidates }),
    candidates: publishedCandidates(candidates),
  };
}

function rounded(value: number | null, decimals: number): number | null {
  return value === null ? null : roundedTo(value, decimals);
}
