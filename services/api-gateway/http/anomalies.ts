import type { RequestHandler } from 'express';
import { MIN_COMPARED_SESSIONS } from '#contract/anomaly-values';
import { hasEnded } from '#contract/session-status';
import { anomaliesQuerySchema, comparisonRequestSchema, type Anomaly } from '#contract/rest/anomalies';
import { doesNotFit } from '../baselines/change-member.ts';
import { requireUsable } from '../baselines/create-baseline.ts';
import { factsOf } from '../baselines/session-facts.ts';
import { misfitOf } from '../domain/baselines/setup.ts';
import { publishedAnomaly, publishedComparison } from '../published-baselines.ts';
import { baselineOfSession, findBaseline, type BaselineRow } from '../store/baselines/baselines.ts';
import { findMember } from '../store/baselines/members.ts';
import { listAnomalies } from '../store/comparisons/anomalies.ts';
import {
  findComparison,
  listComparisons,
  requestComparison,
  type ComparisonRow,
} from '../store/comparisons/comparisons.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import { acceptedFormat } from './accepted-format.ts';
import { baselineNotFound } from './baselines.ts';
import { CSV_TYPE } from './csv.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { requireAnalyst } from './require-analyst.ts';
import type { SessionOf } from './session-of.ts';
import { SOURCE_MEDIA_TYPES, directionsGeoJson, tableCsv, type Cell } from './source-formats.ts';

/** `/anomalies`: what differs from a baseline; POST compares with any baseline that fits. */
export function anomalyHandlers(
  db: Database,
  wakeSearches: (() => void) | undefined,
  sessionOf: SessionOf,
): { get: RequestHandler; post: RequestHandler } {
  return {
    async get(request, response) {
      const query = parseOr422(anomaliesQuerySchema, request.query, 'query');
      const session = await sessionOf(request.params['session_id']);
      const format = query.format ?? acceptedFormat(request, SOURCE_MEDIA_TYPES);
      const { baseline } = await finishedComparison(db, session, query.baseline);
      const key = { session_id: session.id, baseline_id: baseline.id };
      const anomalies = (await listAnomalies(db, key)).map(publishedAnomaly);
      if (format === 'json') response.json(anomalies);
      else if (format === 'csv') response.type(CSV_TYPE.contentType).send(tableCsv(COLUMNS, anomalies));
      else response.type(SOURCE_MEDIA_TYPES.geojson).send(JSON.stringify(directionsGeoJson(anomalies)));
    },
    async post(request, response) {
      const { baseline_id } = parseOr422(comparisonRequestSchema, request.body, 'body');
      const session = await sessionOf(request.params['session_id']);
      const baseline = await findBaseline(db, baseline_id);
      if (!baseline) throw baselineNotFound();
      const wake = requireAnalyst(wakeSearches);
      requireUsable(session, session.id);
      if (!baseline.setup)
        throw new HttpError(409, `Baseline ${baseline_id} has no sessions yet to compare with`);
      const misfit = misfitOf(baseline, await factsOf(db, session));
      if (misfit) throw doesNotFit(session, baseline, misfit.reason);
      await requestComparison(db, { session_id: session.id, baseline_id });
      wake();
      const comparison = await findComparison(db, session.id, baseline_id);
      if (!comparison) throw baselineNotFound();
      response.status(202).json(publishedComparison(comparison));
    },
  };
}

/** `/comparisons`: the comparisons of a session and their states. */
export function comparisonsHandler(db: Database, sessionOf: SessionOf): RequestHandler {
  return async (request, response) => {
    const { id } = await sessionOf(request.params['session_id']);
    response.json((await listComparisons(db, id)).map(publishedComparison));
  };
}

/**
 * The comparison of a session with a baseline, by default that of its schedule. Throws 404 without
 * a baseline, 409 with the state if the comparison has not finished.
 */
export async function finishedComparison(
  db: Database,
  session: SessionRow,
  baselineId: number | undefined,
): Promise<{ baseline: BaselineRow; comparison: ComparisonRow }> {
  const baseline =
    baselineId === undefined ? await baselineOfSession(db, session.id) : await findBaseline(db, baselineId);
  if (!baseline && baselineId !== undefined) throw baselineNotFound();
  if (!baseline)
    throw new HttpError(
      404,
      `Session ${session.id} has no baseline: create one of its schedule, or name one`,
    );
  const comparison = await findComparison(db, session.id, baseline.id);
  const isUsable = (comparison?.sessions ?? 0) >= MIN_COMPARED_SESSIONS;
  if (comparison?.status === 'done' && isUsable) return { baseline, comparison };
  const excluded = comparison ? undefined : await findMember(db, baseline.id, session.id);
  const state = excluded?.reason ?? stateOf(comparison, session);
  throw new HttpError(
    409,
    `The anomalies of session ${session.id} from baseline ${baseline.id} are not known: ${state}`,
  );
}

function stateOf(comparison: ComparisonRow | undefined, { status }: SessionRow): string {
  switch (comparison?.status) {
    case undefined:
      return hasEnded(status)
        ? 'the comparison was not requested'
        : 'the comparison begins when the session has ended';
    case 'requested':
      return 'the comparison is requested';
    case 'running':
      return 'the comparison is running';
    case 'failed':
      return comparison.problem ?? 'the comparison failed';
    case 'done':
      return `the baseline had ${comparison.sessions ?? 0} other sessions; a comparison needs ${MIN_COMPARED_SESSIONS}`;
  }
}

/** Columns of CSV; an anomaly has one line. */
const COLUMNS: Record<string, (anomaly: Anomaly) => Cell> = {
  id: ({ id }) => id,
  number: ({ number }) => number,
  kind: ({ kind }) => kind,
  catalogue_id: ({ catalogue_id }) => catalogue_id,
  name: ({ name }) => name,
  is_known: ({ is_known }) => is_known,
  azimuth: ({ azimuth }) => azimuth,
  elevation: ({ elevation }) => elevation,
  azimuth_error_deg: ({ azimuth_error_deg }) => azimuth_error_deg,
  elevation_error_deg: ({ elevation_error_deg }) => elevation_error_deg,
  z: ({ z }) => z,
  change_db: ({ change_db }) => change_db,
  change_error_db: ({ change_error_db }) => change_error_db,
  from_azimuth: ({ from }) => from?.azimuth ?? null,
  from_elevation: ({ from }) => from?.elevation ?? null,
  /** Ranges such as `100000-110000`, in Hz, separated by spaces. */
  channels_hz: ({ channels }) => channels.map(({ from_hz, to_hz }) => `${from_hz}-${to_hz}`).join(' '),
  first_seen: ({ first_seen }) => first_seen,
  last_seen: ({ last_seen }) => last_seen,
  candidate: ({ candidates }) => candidates[0]?.name ?? null,
  posterior: ({ candidates }) => candidates[0]?.posterior ?? null,
};
