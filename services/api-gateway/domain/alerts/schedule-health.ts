import type { PublishedRun } from '#contract/rest/schedules';
import { hasEnded, type SessionStatus } from '#contract/session-status';
import { counted } from '#shared/base/plurals';
import { isSkippedByDesign } from '../schedules/skip-reasons.ts';

/** A run that waits longer than this brings no data. */
const MAX_WAIT_MS = 3_600_000;

/** A run of a schedule with the state of its session. */
export interface RunOutcome {
  dueMs: number;
  status: PublishedRun['status'];
  /** null: it has none, or it was deleted. */
  sessionStatus: SessionStatus | null;
  sessionId: number | null;
  problem: string | null;
  /** Number of runs that it stands for, if they were missed. */
  missed: number;
}

/** Why each alert of a schedule is raised; undefined: it is not. */
export interface ScheduleHealth {
  noData: string | undefined;
  /** Runs without data. */
  runsWithout: number;
  scanFailed: { reason: string; sessionId: number | null } | undefined;
  /** One of the sessions has completed. */
  hasCompleted: boolean;
}

/**
 * Whether a schedule brings data, of its runs since the last session that has completed. `noData`:
 * at least `minRuns` were due and missed, skipped, or have waited for over an hour. `scanFailed`: a
 * run failed, or its session was cancelled. Quiet hours, a change of the schedule and a scan that
 * has not ended count as nothing.
 */
export function scheduleHealth(
  newestFirst: readonly RunOutcome[],
  minRuns: number,
  nowMs: number,
): ScheduleHealth {
  const completed = newestFirst.findIndex(({ sessionStatus }) => sessionStatus === 'completed');
  const runs = completed < 0 ? newestFirst : newestFirst.slice(0, completed);
  const without = runs.filter((run) => isWithoutData(run, nowMs));
  const count = without.reduce((sum, { missed }) => sum + Math.max(1, missed), 0);
  const failed = runs.find(isFailed);
  return {
    noData:
      count >= minRuns && without[0]
        ? `${counted(count, 'run')} without data; the last one was ${describe(without[0])}`
        : undefined,
    runsWithout: count,
    scanFailed: failed && { reason: failureOf(failed), sessionId: failed.sessionId },
    hasCompleted: completed >= 0,
  };
}

function isWithoutData({ status, problem, dueMs }: RunOutcome, nowMs: number): boolean {
  if (status === 'missed') return true;
  if (status === 'waiting') return nowMs - dueMs > MAX_WAIT_MS;
  return status === 'skipped' && !isSkippedByDesign(problem);
}

function isFailed({ status, sessionStatus }: RunOutcome): boolean {
  if (status === 'failed') return true;
  return status === 'started' && sessionStatus !== null && hasEnded(sessionStatus);
}

function describe({ status, problem }: RunOutcome): string {
  const what = status === 'waiting' ? 'not started' : status;
  return problem === null ? what : `${what}: ${problem}`;
}

function failureOf({ status, problem, sessionId }: RunOutcome): string {
  if (status === 'failed') return problem ?? 'the scan did not start';
  return `scan ${sessionId ?? '-'} was cancelled`;
}
