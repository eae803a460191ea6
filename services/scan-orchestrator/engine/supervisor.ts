import { hasEnded, type SessionStatus } from '#contract/session-status';
import { SkyScanError } from '#shared/base/errors';
import { DEFAULT_RECEIVER } from '#shared/rotor/rotor-config';
import type { MeasuredPoint } from '../domain/measurement.ts';
import { createCellSet, type CellSet } from '../domain/cells.ts';
import { nextInQueue, waitingNote } from '../domain/queue.ts';
import { pendingSession, type PendingState, type SessionState } from '../domain/session-state.ts';
import {
  cellNumbers,
  isOpenEnded,
  isToRefine,
  totalPoints,
  type SessionRecord,
  type Spec,
} from './session-record.ts';
import { SessionRunner } from './session-runner.ts';
import { sessionPlanJob, type Plan } from './planning.ts';
import type { Planner, RunnerParts, SessionView } from './ports.ts';

// Ended sessions kept for a status that the broker has not acknowledged.
const MAX_UNPUBLISHED = 200;

/** A session as the gateway hands it over. */
export interface Handover extends Spec, Pick<SessionRecord, 'sessionId' | 'rotor'> {
  notes: string | null;
  /** What the database contains of a session that this journal has lost. */
  stored?:
    | {
        status: SessionStatus;
        revision: number;
        completedPoints: number;
        storedCells: Uint8Array;
        startedAtMs: number | null;
        /** Undefined: not decided. */
        refinement?: SessionRecord['refinement'];
        /** Levels of the stored cells in the order of their numbers, of a scan to be refined. */
        levelsDb?: readonly number[];
      }
    | undefined;
}

/** A session loaded from the journal. */
export interface JournalledSession {
  record: SessionRecord;
  /** Cells of the points after `record.confirmedSeq`, ordered by seq. */
  cells: number[];
}

/** All sessions of this orchestrator and the queue of each rotor. */
export interface Supervisor {
  /** Resumes the sessions of the journal; call once, before anything else. */
  recover(sessions: JournalledSession[]): Promise<void>;
  /** Accepts a session; a known one is left unchanged. Throws when the journal cannot store it. */
  start(handover: Handover): Promise<void>;
  pause(sessionId: number): Promise<void>;
  resume(sessionId: number): Promise<void>;
  cancel(sessionId: number): Promise<void>;
  /** Re-checks the suspend conditions of all sessions. */
  checkConditions(): void;
  /** The computer's clock was set: adds a note to the started sessions. */
  noteClock(note: string): void;
  /** The plan of a session; undefined if the session is unknown or not yet planned. */
  planOf(sessionId: number, planner: Planner, signal: AbortSignal): Promise<Plan | undefined>;
  /** The points added to a session; undefined: not decided yet, or none are to be added. */
  refinementOf(sessionId: number): SessionRecord['refinement'];
  list(): SessionView[];
  /** Points of the journal in the order of seq; fewer than `limit` if they are large. */
  replay(sessionId: number, afterSeq: number, limit: number, withSpectra?: boolean): Promise<MeasuredPoint[]>;
  /**
   * Removes points that are stored in the database, and an ended session once all of it is stored.
   */
  confirm(sessionId: number, upToSeq: number, revision: number): Promise<void>;
  /** The running session that uses this receiver. */
  sessionUsing(receiver: string): number | undefined;
  close(): Promise<void>;
}

export function createSupervisor(parts: Omit<RunnerParts, 'onEnded'>): Supervisor {
  const { clock, journal, publisher } = parts;
  const runners = new Map<number, SessionRunner>();

  function add(record: SessionRecord, cells: number[]): SessionRunner {
    const onEnded = () => startNext(record.rotor.id);
    const runner = new SessionRunner(record, cells, { ...parts, onEnded });
    runners.set(record.sessionId, runner);
    return runner;
  }

  function startNext(rotorId: number): void {
    const ofRotor = [...runners.values()].filter((runner) => runner.record.rotor.id === rotorId);
    const line = ofRotor.map(({ record }) => ({
      sessionId: record.sessionId,
      status: record.state.status,
      phase: record.state.activity.phase,
    }));
    const next = nextInQueue(line);
    if (next !== undefined) void runners.get(next)?.post({ type: 'turn' });
    const afterwards = line.map((one) =>
      one.sessionId === next ? { ...one, phase: 'acquiring' as const } : one,
    );
    for (const { sessionId, phase } of afterwards) {
      const note = phase === 'queued' ? waitingNote(afterwards, sessionId) : undefined;
      if (note !== undefined) void runners.get(sessionId)?.post({ type: 'waits', note });
    }
  }

  async function request(sessionId: number, event: Parameters<SessionRunner['post']>[0]): Promise<void> {
    const refusedIn = await find(sessionId).post(event);
    if (refusedIn !== undefined)
      throw new SkyScanError('wrong_state', `session ${sessionId} is ${refusedIn}`, {
        details: { state: refusedIn },
      });
  }

  function find(sessionId: number): SessionRunner {
    const runner = runners.get(sessionId);
    if (!runner) throw new SkyScanError('not_found', `session ${sessionId} is not known here`);
    return runner;
  }

  return {
    async recover(sessions) {
      for (const { record, cells } of sessions) add(record, cells);
      const atMs = clock.unixMs();
      await Promise.all([...runners.values()].map((runner) => runner.post({ type: 'restarted', atMs })));
      for (const rotorId of new Set(sessions.map(({ record }) => record.rotor.id))) startNext(rotorId);
    },
    async start(handover) {
      if (runners.has(handover.sessionId)) return;
      const record = recordOf(handover);
      const runner = add(record, []);
      try {
        await journal.saveSession(record);
      } catch (error) {
        runners.delete(record.sessionId);
        throw new SkyScanError('no_room', 'the session cannot be written to the journal', { cause: error });
      }
      if (handover.stored) await runner.post({ type: 'restarted', atMs: clock.unixMs() });
      publisher.status(runner.view);
      startNext(record.rotor.id);
    },
    pause: (sessionId) => request(sessionId, { type: 'pause' }),
    resume: (sessionId) => request(sessionId, { type: 'resume' }),
    cancel: (sessionId) => request(sessionId, { type: 'cancel', atMs: clock.unixMs() }),
    checkConditions() {
      for (const runner of runners.values()) void runner.checkConditions();
    },
    noteClock(note) {
      for (const runner of runners.values()) void runner.post({ type: 'clock_set', note });
    },
    async planOf(sessionId, planner, signal) {
      const runner = runners.get(sessionId);
      if (!runner || runner.plan || !runner.record.planned) return runner?.plan;
      const job = sessionPlanJob(runner.record, runner.record.planned, parts.sun);
      const { plan } = await planner.plan(job, signal);
      return plan;
    },
    refinementOf: (sessionId) => find(sessionId).record.refinement,
    list: () => [...runners.values()].map((runner) => runner.view),
    async replay(sessionId, afterSeq, limit, withSpectra) {
      find(sessionId);
      return journal.readPoints(sessionId, afterSeq, limit, withSpectra);
    },
    async confirm(sessionId, upToSeq, revision) {
      const runner = find(sessionId);
      const { record } = runner;
      await runner.confirm(upToSeq, revision);
      const everything =
        record.confirmedSeq === runner.view.completedPoints && record.confirmedRevision >= record.revision;
      if (!hasEnded(record.state.status) || !everything || record.state.activity.phase !== 'idle') return;
      if (!publisher.hasPublished(runner.view) && runners.size <= MAX_UNPUBLISHED) {
        // The broker still has an older status: publish it again; the gateway repeats its
        // confirmation.
        publisher.status(runner.view);
        return;
      }
      publisher.forget(sessionId);
      runners.delete(sessionId);
      await runner.close();
      await journal.deleteSession(sessionId);
    },
    sessionUsing(receiver) {
      const measures = ({ record: { rotor, state } }: SessionRunner) =>
        state.status === 'running' &&
        rotor.rssiSource === 'sdr' &&
        (rotor.receiver.name ?? DEFAULT_RECEIVER) === receiver;
      return [...runners.values()].find(measures)?.record.sessionId;
    },
    async close() {
      await Promise.all([...runners.values()].map((runner) => runner.close()));
    },
  };
}

function recordOf({ stored, notes, ...session }: Handover): SessionRecord {
  const planned = { ...session, refinement: stored?.refinement };
  const cells = createCellSet(cellNumbers(planned), stored?.storedCells);
  const fresh = pendingSession(
    totalPoints(planned) - (stored?.completedPoints ?? 0),
    notes,
    isOpenEnded(planned),
  );
  return {
    ...planned,
    ...(stored && isToRefine(planned) && { givenLevels: givenLevels(cells, cellNumbers(planned), stored) }),
    state: stored ? continued(fresh, stored) : fresh,
    revision: stored?.revision ?? 1,
    planned: null,
    confirmedSeq: stored?.completedPoints ?? 0,
    confirmedRevision: stored?.revision ?? 0,
    confirmedCells: cells.bits,
  };
}

function givenLevels(
  cells: CellSet,
  count: number,
  { levelsDb = [] }: NonNullable<Handover['stored']>,
): SessionRecord['givenLevels'] {
  const stored = Array.from({ length: count }, (_, cell) => cell).filter((cell) => cells.has(cell));
  // Without the levels, the cells count as not measured for the refinement.
  return levelsDb.length === stored.length
    ? stored.map((cell, i) => ({ cell, levelDb: levelsDb[i] as number }))
    : [];
}

// A session that ended without all its points resumes and measures the missing ones.
function continued(
  fresh: PendingState,
  { status, startedAtMs }: NonNullable<Handover['stored']>,
): SessionState {
  const activity = { phase: 'idle' as const };
  switch (status) {
    case 'pending':
      return fresh;
    case 'paused':
      return { ...fresh, status, startedAtMs, activity, resumesItself: false };
    case 'cancelled':
      return { ...fresh, status, startedAtMs, activity, finishedAtMs: null };
    case 'running':
    case 'completed':
      return { ...fresh, status: 'running', startedAtMs, activity: { phase: 'acquiring', failing: null } };
  }
}
