import { errorKind } from '#shared/base/errors';
import type { PointRun } from '../store/points.ts';

/** Appends runs of points of many sessions with few statements. */
export interface Appender {
  /**
   * Returns whether the run was stored; false if the session has other points meanwhile. A session
   * must not append its next run before the answer. Throws what the database reports.
   */
  append(run: PointRun): Promise<boolean>;
}

/** Time between the starts of two statements that are not full, and points of a full one. */
const PACE = { intervalMs: 20, points: 256 };

interface Waiting {
  run: PointRun;
  resolve: (isStored: boolean) => void;
  reject: (error: unknown) => void;
}

/**
 * Collects runs while a statement is running or the last one has just started: the first point
 * after a pause is stored at once, many sessions share a statement. `write` stores runs of
 * different sessions, or nothing if it throws, and returns the sessions whose run was stored.
 */
export function createAppender(
  write: (runs: PointRun[]) => Promise<ReadonlySet<number>>,
  pace = PACE,
): Appender {
  let waiting: Waiting[] = [];
  let isWriting = false;
  let startedAtMs = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (isWriting || waiting.length === 0) return;
    const points = waiting.reduce((sum, { run }) => sum + run.points.length, 0);
    const waitMs = points >= pace.points ? 0 : startedAtMs + pace.intervalMs - performance.now();
    if (waitMs <= 0) void writeAll();
    else timer ??= setTimeout(() => void writeAll(), waitMs);
  }

  async function writeAll(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    isWriting = true;
    startedAtMs = performance.now();
    const batch = waiting;
    waiting = [];
    await store(batch);
    isWriting = false;
    schedule();
  }

  async function store(batch: Waiting[]): Promise<void> {
    try {
      const stored = await write(batch.map(({ run }) => run));
      for (const { run, resolve } of batch) resolve(stored.has(run.sessionId));
    } catch (error) {
      // A point that the database refuses must not affect the other sessions.
      if (batch.length > 1 && !isOutage(error)) for (const one of batch) await store([one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  return {
    append: (run) =>
      new Promise((resolve, reject) => {
        waiting.push({ run, resolve, reject });
        schedule();
      }),
  };
}

function isOutage(error: unknown): boolean {
  const kind = errorKind(error);
  return kind === 'unavailable' || kind === 'no_room';
}
