import { SkyScanError } from '#shared/base/errors';
import { levelCodes } from '../domain/baselines/level-codes.ts';
import { maskedCells } from '../domain/baselines/mask.ts';
import { lockBaseline, setSetup } from '../store/baselines/baselines.ts';
import { excludeMember, findMember, includeMember } from '../store/baselines/members.ts';
import { deleteOldLevels, storeLevels } from '../store/baselines/statistics.ts';
import { replaceAnomalies } from '../store/comparisons/anomalies.ts';
import { claimOf, storeSummary, type ClaimedComparison } from '../store/comparisons/comparisons.ts';
import { replaceMaps } from '../store/comparisons/maps.ts';
import type { Database, Queryable } from '../store/queryable.ts';
import { endSearch } from '../store/searches/claims.ts';
import { isCompared, sessionsOf, type Compared } from './compare-session.ts';
import type { IdentifiedAnomaly } from './identify-anomalies.ts';

/**
 * Stores a comparison, ends it, and includes or excludes a session that waits for its baseline, all
 * at once. Returns false, and stores nothing, if another gateway has it or it was requested again.
 */
export function storeComparison(
  db: Database,
  claimed: ClaimedComparison,
  claim: string,
  version: number,
  compared: Compared,
  anomalies: readonly IdentifiedAnomaly[],
): Promise<boolean> {
  const { bin, statistics, report } = compared;
  return db.transaction(async (tx) => {
    // Before the row of the comparison, as users do who change its sessions.
    const baseline = await lockBaseline(tx, claimed.baseline_id);
    if (!baseline || !(await endSearch(tx, claimOf(claimed, claim)))) return false;
    if (baseline.revision !== compared.baseline.revision)
      throw new SkyScanError('unavailable', 'the sessions of the baseline have changed meanwhile');
    await storeSummary(tx, claimed, {
      version,
      bin,
      sessions: sessionsOf(compared),
      offset_db: report.offsetDb,
      noise_scale: report.noiseScale,
    });
    const maps = report.levels.map(({ level, change, z }, band) => ({
      level,
      usual: statistics[band]?.centre ?? level.map(() => NaN),
      change,
      z,
    }));
    await replaceMaps(tx, claimed, isCompared(compared) ? maps : []);
    await replaceAnomalies(tx, claimed, isCompared(compared) ? anomalies : []);
    await settleMember(tx, claimed, compared, anomalies);
    return true;
  });
}

async function settleMember(
  tx: Queryable,
  { session_id, baseline_id }: ClaimedComparison,
  { baseline, setup, bands, cells, hours, report }: Compared,
  anomalies: readonly IdentifiedAnomaly[],
): Promise<void> {
  const member = await findMember(tx, baseline_id, session_id);
  if (member?.status !== 'waiting') return;
  const { unsuitable: reason } = report;
  if (reason !== undefined && !member.is_by_user) {
    await excludeMember(tx, baseline_id, { session_id, reason, is_by_user: false });
    return;
  }
  if (!baseline.setup) await setSetup(tx, baseline_id, { setup, bands, cells });
  const places = anomalies.map((each) => ({
    azimuthDeg: each.azimuth_deg,
    elevationDeg: each.elevation_deg,
    from:
      each.from_azimuth_deg === null || each.from_elevation_deg === null
        ? undefined
        : { azimuthDeg: each.from_azimuth_deg, elevationDeg: each.from_elevation_deg },
    isAccepted: each.isAccepted,
  }));
  const ofAnomalies = maskedCells(report.anomalousCells, places, cells);
  const masked = [...new Set([...ofAnomalies, ...report.sunCells])];
  const levels = report.levels.map(({ level }) => levelCodes(level, masked));
  await storeLevels(tx, baseline_id, session_id, levels);
  await includeMember(tx, baseline_id, { session_id, masked: masked.length, ...hours });
  await deleteOldLevels(tx, baseline_id);
}
