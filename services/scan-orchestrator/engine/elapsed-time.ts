import type { Clock } from '#shared/runtime/clock';
import { finishedAtMs, type SessionState } from '../domain/session-state.ts';
import type { RecordWriter } from './record-writer.ts';

/** Time since the start of a session by the monotonic clock. */
export interface ElapsedTime {
  /** Null before the start. */
  readonly ms: number | null;
  /** Adds the time since the previous event; `before`: the state before this event. */
  count(before: SessionState): void;
}

/** The time is stored in the record and survives a restart. */
export function createElapsedTime(writer: RecordWriter, clock: Clock): ElapsedTime {
  let countedMs = clock.monotonicMs();
  restoreElapsed(writer, clock.unixMs());
  return {
    get ms() {
      const { state, elapsedMs = 0 } = writer.record;
      if (state.startedAtMs === null) return null;
      return elapsedMs + (isOpen(state) ? clock.monotonicMs() - countedMs : 0);
    },
    count(before) {
      const nowMs = clock.monotonicMs();
      const { elapsedMs } = writer.record;
      const counted = isOpen(before) ? (elapsedMs ?? 0) + nowMs - countedMs : elapsedMs;
      writer.setElapsed(counted, clock.unixMs());
      countedMs = nowMs;
    },
  };
}

/** Completes the time in the record of a started session; it may be older than the last point. */
function restoreElapsed(writer: RecordWriter, nowMs: number): void {
  const { state, elapsedMs, elapsedAtMs, lastMeasuredAtMs } = writer.record;
  if (state.startedAtMs === null) return;
  // Only the wall clock is known for a record of an older version or a session handed over again.
  const untilNowMs = Math.max(0, (finishedAtMs(state) ?? nowMs) - state.startedAtMs);
  // Time between the last write of the record and the last measured point.
  const unwrittenMs = Math.max(0, (lastMeasuredAtMs ?? -Infinity) - (elapsedAtMs ?? Infinity));
  writer.setElapsed(elapsedMs === undefined ? untilNowMs : elapsedMs + unwrittenMs, nowMs);
}

/** Started and not ended. */
function isOpen(state: SessionState): boolean {
  return state.startedAtMs !== null && finishedAtMs(state) === null;
}
