import { errorMessage } from '#shared/base/errors';
import { sleep } from '#shared/runtime/waiting';
import { resumesItself } from '../domain/session-state.ts';
import type { RunnerParts } from './ports.ts';
import { referenceSetpoint, type Course } from './course.ts';
import type { SessionRecord } from './session-record.ts';

const LOOK_MS = 1_000;
const ANSWER_MS = 5_000;

/**
 * Why the rotor may not move where it moves next: to the reference, when it is due, and to the next
 * cell or row.
 */
export function reasonAgainst(
  course: Course,
  { rotor, state: { activity } }: Pick<SessionRecord, 'rotor' | 'state'>,
  { conditions, clock }: Pick<RunnerParts, 'conditions' | 'clock'>,
): string | undefined {
  const unit = 'unit' in activity ? activity.unit : course.itinerary.next();
  const reference = unit && referenceSetpoint(course, unit, clock.monotonicMs());
  for (const next of unit ? course.itinerary.setpointsOf(unit) : []) {
    const reason = conditions.reason(next, rotor);
    if (reason !== undefined) return reason;
  }
  return conditions.reason(undefined, rotor) ?? (reference && conditions.reason(reference, rotor));
}

/**
 * Waits until a suspended session may go on: everything that can suspend it has been well for the
 * settling time.
 */
export class Suspension {
  readonly #record: Readonly<SessionRecord>;
  readonly #course: Course;
  readonly #parts: RunnerParts;
  readonly #onClear: () => void;
  #watch: AbortController | undefined;

  constructor(record: Readonly<SessionRecord>, course: Course, parts: RunnerParts, onClear: () => void) {
    this.#record = record;
    this.#course = course;
    this.#parts = parts;
    this.#onClear = onClear;
  }

  /** The session has another state: watches while it is suspended, and no longer. */
  follow(): void {
    const { state } = this.#record;
    if (state.activity.phase !== 'idle' || !resumesItself(state)) this.end();
    else if (!this.#watch) {
      const watch = new AbortController();
      this.#watch = watch;
      void this.#untilClear(watch.signal).then(this.#onClear, () => undefined);
    }
  }

  end(): void {
    this.#watch?.abort();
    this.#watch = undefined;
  }

  /** Throws only when the signal fires. */
  async #untilClear(signal: AbortSignal): Promise<void> {
    const { clock, logger, suspendSettleMs } = this.#parts;
    let wellSinceMs: number | undefined;
    let said: string | undefined;
    for (;;) {
      const trouble = await this.#trouble(signal);
      signal.throwIfAborted();
      if (trouble !== undefined && trouble !== said)
        logger.info({ session: this.#record.sessionId }, `still suspended: ${trouble}`);
      said = trouble;
      const nowMs = clock.monotonicMs();
      wellSinceMs = trouble === undefined ? (wellSinceMs ?? nowMs) : undefined;
      if (wellSinceMs !== undefined && nowMs - wellSinceMs >= suspendSettleMs) return;
      await sleep(Math.min(LOOK_MS, Math.max(1, suspendSettleMs)), signal);
    }
  }

  /** Why it cannot go on yet, in words. */
  async #trouble(signal: AbortSignal): Promise<string | undefined> {
    const { journal, receiver, rotors } = this.#parts;
    const { rotor } = this.#record;
    const reason = reasonAgainst(this.#course, this.#record, this.#parts);
    if (reason !== undefined) return reason;
    const patience = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    try {
      await rotors.probe(rotor, patience);
      // One read: a dongle that is silent still describes itself.
      if (rotor.rssiSource === 'sdr') await receiver.measure(rotor.receiver, 1, patience);
      await journal.saveSession(this.#record);
      return undefined;
    } catch (error) {
      return errorMessage(error);
    }
  }
}
