import { errorKind, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { sleep } from '#shared/runtime/waiting';
import { decideRepairs, type ListedSession, type Repair, type StoredSession } from '../domain/reconcile.ts';
import { hasEnded } from '#contract/session-status';
import type { ListedReport } from '../clients/session-messages.ts';
import type { Orchestrator } from '../clients/orchestrator.ts';
import { toFacts } from '../published.ts';
import type { SessionObserver, Recorder } from '../recorder/recorder.ts';
import { wasDeleted } from '../store/deletions/delete-session.ts';
import { clearAgain } from '../store/deletions/purge.ts';
import type { Database } from '../store/queryable.ts';
import {
  findSession,
  listUnsettled,
  markHandedOver,
  skipIdsUpTo,
  type SessionRow,
} from '../store/sessions.ts';
import type { WakeableTimer } from '../sites/wakeable-timer.ts';
import type { HandOver } from './hand-over.ts';

/**
 * The repair path of a site: synchronises the database with its orchestrator in both directions.
 */
export interface Reconciler {
  /** Stops the loop. */
  close(): Promise<void>;
}

export interface ReconcilerParts {
  db: Database;
  siteId: number;
  orchestrator: () => Pick<Orchestrator, 'list' | 'act' | 'confirm'>;
  recorder: Recorder;
  handOver: HandOver;
  observer: SessionObserver & { watchedIds(): number[] };
  /** Waking it requests a comparison soon; several requests count as one. */
  timer: WakeableTimer;
  /** Whether this gateway works for the site; another one does otherwise. */
  isOwner: () => boolean;
  logger: Logger;
}

const WHILE_ACTIVE_MS = 3_000;
const WHILE_IDLE_MS = 30_000;
const MIN_PAUSE_MS = 100;

/** Starts the loop. */
export function startReconciler(parts: ReconcilerParts): Reconciler {
  const { db, siteId, orchestrator, recorder, handOver, observer, timer, isOwner, logger } = parts;
  const ending = new AbortController();
  const confirmed = new Map<number, string>();
  const foreign = new Set<number>();
  let ahead = new Map<number, string>();
  let lastProblem = '';

  /** One comparison; returns whether the next one is due soon. */
  async function pass(): Promise<boolean> {
    const listed = await orchestrator().list(ending.signal);
    const rows = await listUnsettled(db, siteId, [...listed.map(({ id }) => id), ...observer.watchedIds()]);
    for (const row of rows) observer.announce(toFacts(row), []);
    const aheadNow = new Map<number, string>();
    const repairs = decideRepairs(rows.map(toStored), listed.map(toListed), (id, stored, theirs) => {
      const pair = `${stored}/${theirs}`;
      aheadNow.set(id, pair);
      return ahead.get(id) === pair;
    });
    ahead = aheadNow;
    const blockedRotors = new Set<number>();
    for (const repair of repairs) {
      if (ending.signal.aborted) return false;
      const stored = rows.find((row) => row.id === repair.id);
      const rotorId = stored?.rotor_id ?? 0;
      if ((repair.do === 'hand_over' || repair.do === 'restore') && blockedRotors.has(rotorId)) continue;
      try {
        await perform(repair, stored, listed);
      } catch (error) {
        // A session that cannot be repaired must not block the others.
        if (repair.do === 'hand_over' || repair.do === 'restore') blockedRotors.add(rotorId);
        logProblem(error, repair);
      }
    }
    return (
      aheadNow.size > 0 ||
      rows.some((row) => !hasEnded(row.status)) ||
      listed.some(({ id }) => !foreign.has(id))
    );
  }

  async function perform(
    repair: Repair,
    stored: SessionRow | undefined,
    listed: ListedReport[],
  ): Promise<void> {
    const { id } = repair;
    const report = listed.find((session) => session.id === id);
    switch (repair.do) {
      case 'hand_over':
      case 'restore':
        return stored && handOver.submit(id, stored.rotor_id);
      case 'cancel':
        // The orchestrator has the session after all, and publishes its status from now on.
        await markHandedOver(db, id);
        return orchestrator().act('cancel', id).catch(unlessEndedThere);
      case 'catch_up': {
        if (!report) return;
        await markHandedOver(db, id);
        // Audit first: a forged point may occupy the cell of a missing one.
        if (stored) await recorder.audit(stored);
        const row = await recorder.catchUp(id, report);
        if (row) await confirm(row, repair.listed);
        return;
      }
      case 'correct':
        logger.error(
          { session: id },
          'the orchestrator has lost the last state of a session; stored its older one',
        );
        if (report) await recorder.correct(id, report);
        return;
      case 'confirm': {
        const row = await findSession(db, id);
        if (row) await confirm(row, repair.listed);
        return;
      }
      case 'ignore':
        if (report && (await wasDeleted(db, id, siteId))) return forget(report);
        if (foreign.has(id)) return;
        foreign.add(id);
        logger.warn({ session: id }, 'the orchestrator has a session of another database or site');
        return skipIdsUpTo(db, id);
    }
  }

  /** The orchestrator still has a session that was deleted. */
  async function forget({ id, status, completed, revision }: ListedReport): Promise<void> {
    // An old journal: the rotor must stop first.
    if (!hasEnded(status)) return orchestrator().act('cancel', id).catch(unlessEndedThere);
    await orchestrator().confirm(id, completed, revision);
    await clearAgain(db, id);
  }

  async function confirm(row: SessionRow, listed: ListedSession): Promise<void> {
    // A session that has ended here is settled, whatever revision the orchestrator gave it.
    const revision = hasEnded(row.status) ? Math.max(row.revision, listed.revision) : row.revision;
    const state = `${row.completed_points}/${revision}`;
    if (confirmed.get(row.id) === state && !hasEnded(row.status)) return;
    await recorder.audit(row);
    await orchestrator().confirm(row.id, row.completed_points, revision);
    if (hasEnded(row.status)) confirmed.delete(row.id);
    else confirmed.set(row.id, state);
  }

  function logProblem(error: unknown, repair?: Repair): void {
    if (ending.signal.aborted) return;
    const problem = `${repair?.do ?? 'list'}: ${errorMessage(error)}`;
    // Log the same outage once.
    if (problem !== lastProblem)
      logger.warn({ site: siteId, session: repair?.id, problem }, 'reconciliation failed; retrying');
    lastProblem = problem;
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      let busy = true;
      try {
        busy = isOwner() && (await pass());
        lastProblem = '';
      } catch (error) {
        logProblem(error);
      }
      // A burst of nudges (such as forged messages) causes one comparison per 100 ms.
      await sleep(MIN_PAUSE_MS, ending.signal).catch(() => undefined);
      await timer.wait(busy ? WHILE_ACTIVE_MS : WHILE_IDLE_MS);
    }
  }

  const running = run();
  return {
    async close() {
      ending.abort();
      timer.wake();
      await running;
    },
  };
}

function unlessEndedThere(error: unknown): void {
  if (errorKind(error) !== 'wrong_state' && errorKind(error) !== 'not_found') throw error;
}

function toStored(row: SessionRow): StoredSession {
  return {
    id: row.id,
    status: row.status,
    revision: row.revision,
    completed: row.completed_points,
    total: row.total_points,
    handedOver: row.handed_over_at !== null,
  };
}

function toListed(report: ListedReport): ListedSession {
  const { id, status, revision, completed, total } = report;
  return { id, status, revision, completed, total };
}
