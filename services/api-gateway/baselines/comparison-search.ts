import type { SearchKind } from '../searches/search-kind.ts';
import { lockBaseline } from '../store/baselines/baselines.ts';
import { excludeMember, findMember } from '../store/baselines/members.ts';
import { claimComparison, claimOf, type ClaimedComparison } from '../store/comparisons/comparisons.ts';
import { compareSession, isCompared } from './compare-session.ts';
import { identifyAnomalies } from './identify-anomalies.ts';
import type { ComparisonParts } from './parts.ts';
import { refreshStatistics } from './statistics.ts';
import { storeComparison } from './store-comparison.ts';

/** Compares sessions with baselines, which then grow by them. */
export function comparisons(parts: ComparisonParts): SearchKind<ClaimedComparison> {
  const { db, analyst } = parts;
  let version = 0;
  return {
    what: 'anomalies',
    async next(claim, signal) {
      version = (await analyst.methods(signal)).mapComparison;
      // An older sky-analyst cannot compare.
      if (version === 0) return undefined;
      await refreshStatistics(parts, signal);
      return claimComparison(db, claim);
    },
    claimOf,
    async run(claimed, claim, signal) {
      const member = await findMember(db, claimed.baseline_id, claimed.session_id);
      const compared = await compareSession(parts, claimed, member, signal);
      if (!compared) return false;
      const { session, report } = compared;
      const found = isCompared(compared) ? report.anomalies : [];
      const anomalies = await identifyAnomalies(parts, session, found, report.beamWidthDeg, signal);
      return storeComparison(db, claimed, claim, version, compared, anomalies);
    },
    failed: ({ baseline_id, session_id }, reason) =>
      db.transaction(async (tx) => {
        if (!(await lockBaseline(tx, baseline_id))) return;
        const member = await findMember(tx, baseline_id, session_id);
        if (member?.status === 'waiting')
          await excludeMember(tx, baseline_id, { session_id, reason, is_by_user: false });
      }),
    logged: ({ session_id: sessionId, baseline_id: baseline }) => ({ sessionId, baseline }),
  };
}
