import type { Clock } from '#shared/runtime/clock';
import type { SessionState } from '../domain/machine-types.ts';
import type { SessionRecord } from './session-record.ts';

/** The time since a session started, by the monotonic clock; counted in its record, so that it survives a restart. */
export class ElapsedTime {
  readonly #record: SessionRecord;
  readonly #clock: Clock;
  #countedMs: number;

  constructor(record: SessionRecord, clock: Clock) {
    this.#record = record;
    this.#clock = clock;
    this.#countedMs = clock.monotonicMs();
    const { startedAtMs } = record.state;
    if (startedAtMs === null) return;
    if (record.elapsedMs === undefined) {
      // A record of an older version, or a session that was handed over again: the clock is all that there is.
      record.elapsedMs = Math.max(0, (record.state.finishedAtMs ?? clock.unixMs()) - startedAtMs);
    } else if (record.elapsedAtMs !== undefined && record.lastMeasuredAtMs !== undefined) {
      // Points were measured after the record was written last.
      record.elapsedMs += Math.max(0, record.lastMeasuredAtMs - record.elapsedAtMs);
    }
    record.elapsedAtMs = clock.unixMs();
  }

  /** Null before the start. */
  get ms(): number | null {
    const { state, elapsedMs = 0 } = this.#record;
    if (state.startedAtMs === null) return null;
    return elapsedMs + (state.finishedAtMs === null ? this.#clock.monotonicMs() - this.#countedMs : 0);
  }

  /** An event was taken in the state `before`. */
  count(before: SessionState): void {
    const nowMs = this.#clock.monotonicMs();
    const record = this.#record;
    if (before.startedAtMs !== null && before.finishedAtMs === null)
      record.elapsedMs = (record.elapsedMs ?? 0) + nowMs - this.#countedMs;
    record.elapsedAtMs = this.#clock.unixMs();
    this.#countedMs = nowMs;
  }
}
