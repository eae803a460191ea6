import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Counter, Gauge, type Registry } from 'prom-client';
import { hasEnded, SESSION_STATUSES } from '#contract/session-status';
import type { Journal, SessionView } from './engine/ports.ts';
import type { JournalledSession } from './engine/supervisor.ts';

/** What a session has in the journal. */
interface Progress {
  seq: number;
  confirmedSeq: number;
  lastPointMs: number | undefined;
  /** Since when this process knows the session. */
  sinceMs: number;
}

export interface OrchestratorMetrics {
  /** The journal, which then counts points, reads and flags. */
  observe(journal: Journal): Journal;
  /** The sessions of the journal at the start. */
  loaded(sessions: readonly JournalledSession[]): void;
  /** Call it once, when the sessions exist. */
  watch(sessions: () => SessionView[], journalFolder: string): void;
}

/** The metrics of scan-orchestrator besides those of its process. */
export function createOrchestratorMetrics(registry: Registry, unixMs: () => number): OrchestratorMetrics {
  const registers = [registry];
  const progress = new Map<number, Progress>();
  const points = new Counter({
    name: 'skyscan_points_measured_total',
    help: 'Points written to the journal',
    registers,
  });
  const reads = new Counter({
    name: 'skyscan_point_reads_total',
    help: 'Reads of the receiver in the points written to the journal',
    registers,
  });
  const flagged = new Counter({
    name: 'skyscan_points_flagged_total',
    help: 'Points written to the journal with a flag, by flag',
    labelNames: ['flag'],
    registers,
  });
  const failedWrites = new Counter({
    name: 'skyscan_journal_write_failures_total',
    help: 'Points that could not be written to the journal; the session pauses',
    registers,
  });

  function of(sessionId: number): Progress {
    const found = progress.get(sessionId);
    if (found) return found;
    const created = { seq: 0, confirmedSeq: 0, lastPointMs: undefined, sinceMs: unixMs() };
    progress.set(sessionId, created);
    return created;
  }

  return {
    observe: (journal) => ({
      ...journal,
      async appendPoint(sessionId, point) {
        try {
          await journal.appendPoint(sessionId, point);
        } catch (error) {
          failedWrites.inc();
          throw error;
        }
        Object.assign(of(sessionId), { seq: point.seq, lastPointMs: point.measuredAtMs });
        points.inc();
        reads.inc(point.reads);
        for (const flag of point.flags) flagged.inc({ flag });
      },
      async forgetPoints(record) {
        await journal.forgetPoints(record);
        of(record.sessionId).confirmedSeq = record.confirmedSeq;
      },
      async deleteSession(sessionId) {
        await journal.deleteSession(sessionId);
        progress.delete(sessionId);
      },
    }),
    loaded(sessions) {
      for (const { record, cells } of sessions)
        Object.assign(of(record.sessionId), {
          seq: record.confirmedSeq + cells.length,
          confirmedSeq: record.confirmedSeq,
          lastPointMs: record.lastMeasuredAtMs,
        });
    },
    watch(sessions, journalFolder) {
      new Gauge({
        name: 'skyscan_orchestrator_sessions',
        help: 'Sessions of the journal by status',
        labelNames: ['status'],
        registers,
        collect() {
          const views = sessions();
          for (const status of SESSION_STATUSES)
            this.set({ status }, views.filter((view) => view.status === status).length);
        },
      });
      const perRotor = (name: string, help: string, of: (view: SessionView) => number | undefined) =>
        new Gauge({
          name,
          help,
          labelNames: ['rotor'],
          registers,
          collect() {
            this.reset();
            for (const view of sessions()) {
              const value = of(view);
              if (value !== undefined) this.set({ rotor: String(view.rotorId) }, value);
            }
          },
        });
      new Gauge({
        name: 'skyscan_queued_sessions',
        help: 'Sessions that wait for a rotor',
        labelNames: ['rotor'],
        registers,
        collect() {
          this.reset();
          for (const { rotorId, status } of sessions())
            this.inc({ rotor: String(rotorId) }, status === 'pending' ? 1 : 0);
        },
      });
      perRotor(
        'skyscan_last_point_timestamp_seconds',
        'Unix time of the last point of the running session of a rotor, before the first one that of its start, seconds',
        ({ sessionId, status, startedAtMs }) => {
          if (status !== 'running') return undefined;
          const { lastPointMs, sinceMs } = of(sessionId);
          return (lastPointMs ?? Math.max(startedAtMs ?? 0, sinceMs)) / 1000;
        },
      );
      perRotor(
        'skyscan_fault_seconds',
        'How long the hardware of the running session of a rotor has failed, seconds; 0: no fault',
        ({ status, fault }) => (status === 'running' ? (fault?.forMs ?? 0) / 1000 : undefined),
      );
      perRotor(
        'skyscan_session_paused',
        'A session of a rotor is paused: 1 by a person or a fault, 0 by a condition that clears by itself',
        ({ status, resumesItself }) => (status === 'paused' ? (resumesItself ? 0 : 1) : undefined),
      );
      perRotor(
        'skyscan_session_progress_ratio',
        'Measured share of the running or paused session of a rotor, 0 to 1',
        ({ status, completedPoints, totalPoints }) =>
          hasEnded(status) || status === 'pending' ? undefined : completedPoints / Math.max(1, totalPoints),
      );
      new Gauge({
        name: 'skyscan_journal_unconfirmed_points',
        help: 'Points of the journal that the gateway has not confirmed as stored: what it has to catch up with',
        registers,
        collect() {
          const counts = [...progress.values()].map(({ seq, confirmedSeq }) =>
            Math.max(0, seq - confirmedSeq),
          );
          this.set(counts.reduce((sum, count) => sum + count, 0));
        },
      });
      new Gauge({
        name: 'skyscan_journal_bytes',
        help: 'Size of the journal on disk, bytes',
        registers,
        async collect() {
          this.set(await sizeOf(journalFolder));
        },
      });
    },
  };
}

/** LevelDB replaces its files while they are counted. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
