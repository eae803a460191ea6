import { MIN_COMPARED_SESSIONS } from '#contract/anomaly-values';
import { SkyScanError } from '#shared/base/errors';
import type { ComparedBand, ComparisonReport } from '../clients/comparison-messages.ts';
import type { BaselineBand } from '../domain/baselines/bands.ts';
import { binsOf, comparedBin, type Hours } from '../domain/baselines/bins.ts';
import { cellsOf, misfitOf, setupOf, type Cells, type Setup } from '../domain/baselines/setup.ts';
import { findBaseline, readCells, type BaselineRow } from '../store/baselines/baselines.ts';
import type { MemberRow } from '../store/baselines/members.ts';
import { listBins, readStatistics, type BandStatistics } from '../store/baselines/statistics.ts';
import type { ClaimedComparison } from '../store/comparisons/comparisons.ts';
import type { Database } from '../store/queryable.ts';
import { findSession, type SessionRow } from '../store/sessions.ts';
import { readPackedPoints, typicalIntegrationS } from '../store/sources/points.ts';
import type { ComparisonParts } from './parts.ts';
import { bandsOf, factsOf } from './session-facts.ts';
import { hoursOf } from './session-hours.ts';
import { levelsIn, rangeOf } from './session-levels.ts';
import { statisticsOf } from './statistics.ts';

/** A comparison as sky-analyst has done it, and what it was done with. */
export interface Compared {
  session: SessionRow;
  baseline: BaselineRow;
  /** Of the baseline, or of its first session, which decides it. */
  setup: Setup;
  bands: BaselineBand[];
  cells: Cells;
  hours: Hours;
  bin: string;
  /** By band; undefined: no sessions yet. */
  statistics: (BandStatistics | undefined)[];
  report: ComparisonReport;
}

const DEFAULT_INTEGRATION_S = 0.1;

/**
 * Compares a session with the sessions of a baseline, without itself. Undefined: one of them was
 * deleted. Throws `wrong_state` with the reason if it does not fit.
 */
export async function compareSession(
  parts: ComparisonParts,
  { session_id, baseline_id }: ClaimedComparison,
  member: MemberRow | undefined,
  signal: AbortSignal,
): Promise<Compared | undefined> {
  const { db, analyst } = parts;
  const session = await findSession(db, session_id);
  const baseline = await findBaseline(db, baseline_id);
  if (!session || !baseline) return undefined;
  const facts = await factsOf(db, session);
  const misfit = misfitOf(baseline, facts);
  if (misfit && (misfit.isFinal || !member?.is_by_user)) throw new SkyScanError('wrong_state', misfit.reason);
  const setup = baseline.setup ?? setupOf(facts);
  const bands = baseline.setup ? baseline.bands : await bandsOf(db, session);
  const cells = (await readCells(db, baseline_id)) ?? cellsOf(setup.area);
  const hours = await hoursOf(parts, session, baseline);
  const { bin, statistics } = await usualLevels(parts, baseline, {
    hours,
    signal,
    sessionId: session_id,
    isIncluded: member?.status === 'included',
    cells: cells.azimuthDeg.length,
  });
  const report = await analyst.compareMap(
    {
      settings: {
        beamWidthDeg: setup.beam_width_deg ?? undefined,
        gainError: undefined,
        thresholdSigma: undefined,
        place: await parts.placeOf(session.site_id),
      },
      cells,
      points: readPackedPoints(db, session_id, session.completed_points),
      bands: comparedBands(db, session, bands, statistics),
    },
    signal,
  );
  return { session, baseline, setup, bands, cells, hours, bin, statistics, report };
}

/** The bin that a session is compared with and its statistics, without those of the session. */
async function usualLevels(
  parts: ComparisonParts,
  { id, bands: { length: bands } }: BaselineRow,
  of: { hours: Hours; sessionId: number; isIncluded: boolean; cells: number; signal: AbortSignal },
): Promise<Pick<Compared, 'bin' | 'statistics'>> {
  const { hours, sessionId, isIncluded, cells, signal } = of;
  const bins = await listBins(parts.db, id);
  const sizes = bins.map((each) => ({ ...each, sessions: each.sessions - Number(isIncluded) }));
  const bin = comparedBin(binsOf(hours), sizes);
  if (isIncluded)
    return {
      bin,
      statistics: await statisticsOf(parts, { id, bin, bands, cells }, signal, { exceptId: sessionId }),
    };
  const statistics: Compared['statistics'] = [];
  for (let band = 0; band < bands; band++) statistics.push(await readStatistics(parts.db, id, bin, band));
  return { bin, statistics };
}

async function* comparedBands(
  db: Database,
  session: SessionRow,
  bands: readonly BaselineBand[],
  statistics: Compared['statistics'],
): AsyncGenerator<ComparedBand, void> {
  const integrationS = (await typicalIntegrationS(db, session.id)) ?? DEFAULT_INTEGRATION_S;
  const isWhole = (k: number) => bands.findIndex(({ band }) => band === bands[k]?.band) === k;
  for (const [k, band] of bands.entries())
    yield {
      range: rangeOf(band),
      integrationS,
      levels: await levelsIn(db, session, band, isWhole(k)),
      statistics: statistics[k],
    };
}

/** Number of sessions that a session was compared with. */
export function sessionsOf({ statistics: [first] }: Compared): number {
  return first?.sessions ?? 0;
}

/** Whether there were enough sessions for anomalies. */
export function isCompared(compared: Compared): boolean {
  return sessionsOf(compared) >= MIN_COMPARED_SESSIONS;
}
