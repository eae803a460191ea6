import type { Clock } from '#shared/runtime/clock';
import { finishedAtMs, type SessionState } from '../domain/session-state.ts';
import type { RecordWriter } from './record-writer.ts';

/**
 * Time since the start of a session by the monotonic clock. It is stored in the record and survives
 * a restart.
 */
export class ElapsedTime {
  readonly #writer: RecordWriter;
  readonly #clock: Clock;
  #countedMs: number;

  constructor(writer: RecordWriter, clock: Clock) {
    this.#writer = writer;
    this.#clock = clock;
    this.#countedMs = clock.monotonicMs();
    const { state, elapsedMs, elapsedAtMs, lastMeasuredAtMs } = writer.record;
    if (state.startedAtMs === null) return;
    const nowMs = clock.unixMs();
    // Only the wall clock is known for a record of an older version or a session handed over again.
    const untilNowMs = Math.max(0, (finishedAtMs(state) ?? nowMs) - state.startedAtMs);
    // Time between the last write of the record and the last measured point.
    const unwrittenMs = Math.max(0, (lastMeasuredAtMs ?? -Infinity) - (elapsedAtMs ?? Infinity));
    writer.setElapsed(elapsedMs === undefined ? untilNowMs : elapsedMs + unwrittenMs, nowMs);
  }

  /** Null before the start. */
  get ms(): number | null {
    const { state, elapsedMs = 0 } = this.#writer.record;
    if (state.startedAtMs === null) return null;
    return elapsedMs + (isOpen(state) ? this.#clock.monotonicMs() - this.#countedMs : 0);
  }

  /** Adds the time since the previous event; `before`: the state before this event. */
  count(before: SessionState): void {
    const nowMs = this.#clock.monotonicMs();
    const { elapsedMs } = this.#writer.record;
    const counted = isOpen(before) ? (elapsedMs ?? 0) + nowMs - this.#countedMs : elapsedMs;
    this.#writer.setElapsed(counted, this.#clock.unixMs());
    this.#countedMs = nowMs;
  }
}

/** Started and not ended. */
function isOpen(state: SessionState): boolean {
  return state.startedAtMs !== null && finishedAtMs(state) === null;
}
