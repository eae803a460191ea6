import { hasEnded } from '#contract/session-status';
import type { Logger } from '#shared/runtime/logger';
import type { Measurement } from '#contract/measurement';
import type { PointMessage } from '#contract/mqtt-messages';
import { createKeyedMutex } from '#shared/runtime/keyed-mutex';
import type { Metrics } from '../metrics.ts';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { RecordedPoint } from '../clients/session-messages.ts';
import { toFacts, type SessionFacts } from '../published.ts';
import { isUniqueViolation } from '../store/database.ts';
import type { Database } from '../store/queryable.ts';
import { appendRuns } from '../store/points.ts';
import { appendWithSpectra } from '../store/spectra/append-with-spectra.ts';
import { applyStatus, correctStatus, type StatusReport } from '../store/session-status.ts';
import { findSession, type SessionRow } from '../store/sessions.ts';
import { createAppender } from './appender.ts';
import { growSession, isTotalOf, mayGrow } from './added-points.ts';
import { auditPoints } from './audit.ts';
import { checkPoint } from './check-point.ts';
import { confirmHint } from './confirm-hint.ts';
import type { Outcome } from './outcome.ts';
import { createPointQueues } from './point-queues.ts';
import type { PointIntake } from './intake.ts';
import { leadingRun } from './leading-run.ts';
import { replayPoints } from './replay.ts';

/** Receives stored points and statuses. */
export interface SessionObserver {
  /** `correction`: the status applies although its revision is not newer. */
  announce(facts: SessionFacts, points: Measurement[], correction?: boolean): void;
}

/**
 * Stores measurements: points strictly in the order of seq, those that wait together; a status only
 * after the points before it. A status from MQTT is a hint: the orchestrator's own status is stored
 * (`deferred` if it does not answer now; dropped if it contradicts the hint). Every method throws
 * `unavailable` (or `no_room`) if the database is not available; no partial result is stored.
 */
export interface Recorder extends PointIntake {
  /** Fetches points up to `completed` and stores the status from gRPC; returns the updated row. */
  catchUp(sessionId: number, report: StatusReport): Promise<SessionRow | undefined>;
  /**
   * Compares points from MQTT with the journal and stores the journal's version. Must run before
   * the orchestrator may delete its points; throws if it is away.
   */
  audit(session: SessionRow): Promise<void>;
  /** Overwrites a status that the orchestrator has lost or never had. */
  correct(sessionId: number, report: StatusReport): Promise<void>;
}

export interface RecorderParts {
  db: Database;
  /** The name of a site; undefined: not known yet. */
  siteName: (siteId: number) => string | undefined;
  orchestratorOf: (siteId: number) => Pick<Orchestrator, 'list' | 'replay' | 'refinement'>;
  observer: SessionObserver;
  metrics: Metrics;
  logger: Logger;
  /** Asks for a reconciliation of the site soon. */
  nudge: (siteId: number) => void;
}

// Cached rows; only few sessions run at a time.
const CACHE_CAPACITY = 200;

export function createRecorder(parts: RecorderParts): Recorder {
  const { db, siteName, orchestratorOf, observer, metrics, logger, nudge } = parts;
  const exclusively = createKeyedMutex();
  const appender = createAppender((runs) => appendRuns(db, runs));
  const queues = createPointQueues(exclusively, storeAll);
  const cache = new Map<number, SessionRow>();
  // Per session, the last seq that matches the journal.
  const audited = new Map<number, number>();

  async function load(id: number): Promise<SessionRow | undefined> {
    const row = cache.get(id) ?? (await findSession(db, id));
    return row && keep(row);
  }

  function keep(row: SessionRow): SessionRow {
    cache.delete(row.id);
    cache.set(row.id, row);
    const oldest = cache.keys().next();
    if (cache.size > CACHE_CAPACITY && !oldest.done) cache.delete(oldest.value);
    return row;
  }

  /**
   * Stores the next points of a session; undefined if the row is outdated (another gateway was
   * faster).
   */
  async function append(row: SessionRow, recorded: RecordedPoint[]): Promise<SessionRow | undefined> {
    const points = recorded.map(({ measurement }) => measurement);
    const last = points.at(-1);
    if (!last) return row;
    const run = { sessionId: row.id, columns: row.grid_columns, points };
    const isStored = row.spectrum
      ? await appendWithSpectra(
          db,
          run,
          recorded.map(({ spectra }) => spectra),
        )
      : await appender.append(run);
    if (!isStored) {
      cache.delete(row.id);
      return undefined;
    }
    metrics.pointsStored.inc(points.length);
    const now = keep({ ...row, completed_points: last.seq });
    observer.announce(toFacts(now), points);
    return now;
  }

  /** Fetches missing points up to `upTo`; returns the updated row. */
  async function fill(row: SessionRow, upTo: number): Promise<SessionRow> {
    const filled = await replayPoints(
      { orchestrator: orchestratorOf(row.site_id), append, reload: () => load(row.id), logger },
      row,
      upTo,
    );
    // Points from the journal need no audit.
    if (audited.get(row.id) === row.completed_points) audited.set(row.id, filled.completed_points);
    return filled;
  }

  /** Stores points that arrived together; one outcome for each. */
  async function storeAll(id: number, messages: PointMessage[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let rest = messages; rest[0]; rest = messages.slice(outcomes.length)) {
      const stored = await storeRun(id, rest);
      if (stored > 0) outcomes.push(...rest.slice(0, stored).map(() => 'stored' as const));
      else outcomes.push(await storeOne(id, rest[0]));
    }
    return outcomes;
  }

  /** Stores the leading messages that are the next points, with one statement; returns how many. */
  async function storeRun(id: number, messages: PointMessage[]): Promise<number> {
    const row = await load(id);
    const isOfSite = row && messages.every(({ site }) => site === siteName(row.site_id));
    const run = isOfSite ? leadingRun(row, messages) : [];
    const points = run.map(withoutSpectra);
    const now = row && run.length > 0 && (await append(row, points).catch(unlessUnique));
    if (!now) return 0;
    if (run.at(-1)?.status !== now.status) nudge(now.site_id);
    return run.length;
  }

  async function storeOne(id: number, message: PointMessage): Promise<Outcome> {
    const { measurement, site } = message;
    if (message.session_id !== id || message.seq !== measurement.seq)
      return { dropped: 'contradicts', detail: 'contradicts itself' };
    const row = await load(id);
    if (!row) return { dropped: 'unknown session' };
    if (site !== siteName(row.site_id)) return { dropped: 'other site', detail: `from site ${site}` };
    try {
      const outcome = await store(id, measurement);
      if (outcome === 'stored' && cache.get(id)?.status !== message.status) nudge(row.site_id);
      return outcome;
    } catch (error) {
      unlessUnique(error);
      nudge(row.site_id);
      return { dropped: 'cell measured twice' };
    }
  }

  async function store(id: number, measurement: Measurement): Promise<Outcome> {
    let row = await load(id);
    if (!row) return { dropped: 'unknown session' };
    const problem = checkPoint(measurement, row);
    if (problem !== undefined && mayGrow(row) && measurement.row >= row.grid_rows) {
      // Its session has grown; the reconciler stores that and fetches the point.
      nudge(row.site_id);
      return 'deferred';
    }
    if (problem !== undefined) return { dropped: 'off the plan', detail: problem };
    const { seq } = measurement;
    if (hasEnded(row.status) && seq > row.completed_points) return { dropped: 'session has ended' };
    if (seq <= row.completed_points) {
      observer.announce(toFacts(row), []);
      return 'known';
    }
    // A session that is not running measures nothing, and MQTT carries no spectra: fetch the point
    // from the journal instead.
    const isRunning = row.status === 'running';
    const isWhole = isRunning && !row.spectrum;
    const upTo = isWhole ? seq - 1 : seq;
    if (upTo > row.completed_points) row = await fill(row, upTo);
    if (seq <= row.completed_points) return 'stored';
    if (!isWhole || seq > row.completed_points + 1) {
      nudge(row.site_id);
      return { dropped: isRunning ? 'gap' : 'not in the journal' };
    }
    return (await append(row, [withoutSpectra({ measurement })])) ? 'stored' : store(id, measurement);
  }

  async function storeStatus(
    id: number,
    report: StatusReport,
    write: typeof applyStatus,
  ): Promise<SessionRow | undefined> {
    let row = await load(id);
    // Before the points: the added ones do not fit the grid.
    if (row) row = keep(await growSession(db, orchestratorOf(row.site_id), row, report));
    if (row && report.completed > row.completed_points)
      row = await fill(row, Math.min(report.completed, row.total_points));
    if (!row) return undefined;
    const updated = await write(db, id, report);
    if (!updated) return undefined;
    observer.announce(toFacts(keep(updated)), [], write === correctStatus);
    return updated;
  }

  return {
    point: (id, message) => queues.add(id, message),
    statusHint: (id, report, total) => {
      queues.separate(id);
      return exclusively(id, async () => {
        const row = await load(id);
        if (!row) return { dropped: 'unknown session' };
        const known = isTotalOf(total, row);
        if (!known || report.completed > total)
          return { dropped: 'contradicts', detail: 'contradicts the plan' };
        observer.announce(toFacts(row), []);
        const { revision, status } = report;
        if (hasEnded(row.status)) {
          if (status === row.status && revision <= row.revision) return 'known';
          // An orchestrator with an old journal may still run it; the reconciler then cancels it
          // there.
          nudge(row.site_id);
          return { dropped: 'session has ended' };
        }
        if (revision <= row.revision) return 'known';
        // The reconciler stores the added points with the status.
        if (known === 'after') {
          nudge(row.site_id);
          return 'deferred';
        }
        const confirmed = await confirmHint(orchestratorOf(row.site_id), row, report, nudge);
        if (confirmed === 'contradicted') {
          nudge(row.site_id);
          return { dropped: 'contradicts the orchestrator' };
        }
        const stored = confirmed && (await storeStatus(id, confirmed, applyStatus).catch(unlessUnique));
        if (stored) return 'stored';
        nudge(row.site_id);
        return 'deferred';
      });
    },
    catchUp: (id, report) =>
      exclusively(id, async () => {
        cache.delete(id);
        await storeStatus(id, report, applyStatus);
        cache.delete(id);
        return load(id);
      }),
    audit: (session) =>
      exclusively(session.id, async () => {
        const { id, completed_points } = session;
        const afterSeq = audited.get(id) ?? 0;
        const corrected = await auditPoints(
          { db, orchestrator: orchestratorOf(session.site_id) },
          session,
          afterSeq,
        );
        if (hasEnded(session.status)) audited.delete(id);
        else audited.set(id, Math.max(afterSeq, completed_points));
        if (corrected === 0) return;
        metrics.pointsCorrected.inc(corrected);
        logger.error(
          { session: id, points: corrected },
          'corrected stored points that the journal contradicts',
        );
      }),
    correct: (id, report) =>
      exclusively(id, async () => {
        cache.delete(id);
        await storeStatus(id, report, correctStatus);
      }),
  };
}

// A forged point occupies a cell: the reconciler corrects it from the journal.
function unlessUnique(error: unknown): undefined {
  if (!isUniqueViolation(error)) throw error;
}

function withoutSpectra({ measurement }: Pick<PointMessage, 'measurement'>): RecordedPoint {
  return { measurement, spectra: [] };
}
