import type { Clock } from '#shared/runtime/clock';

/**
 * Beyond what a step is expected to take, milliseconds: the page reports it within 2 s, and a link
 * with 1 s per answer is in time.
 */
const GRACE_MS = 1_200;
/** A step may take this share of its expected time longer. */
const SLACK = 1.25;

/** What the session waits for, and until when it is not worth a message. */
interface Expectation {
  observation: string;
  allowanceMs: number;
  dueMs: number;
}

/**
 * Watches the steps of a session: knows when one takes longer than expected, before its own timeout
 * reports it.
 */
export class FaultWatch {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #onChange: () => void;
  readonly #expected = new Map<string, Expectation>();
  #timer: NodeJS.Timeout | undefined;
  #overdue: string | undefined;

  /** `onChange`: `overdue` is another one than before. */
  constructor(clock: Pick<Clock, 'monotonicMs'>, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /**
   * What the session has waited for longer than expected; undefined while everything is in time.
   */
  get overdue(): string | undefined {
    return this.#overdue;
  }

  /**
   * From now on `name` should end, or show a sign of life (`beat`), every `expectedMs`.
   * `observation` describes that it does not.
   */
  expect(name: string, observation: string, expectedMs: number): void {
    const allowanceMs = expectedMs * SLACK + GRACE_MS;
    this.#expected.set(name, { observation, allowanceMs, dueMs: this.#clock.monotonicMs() + allowanceMs });
    this.#look();
  }

  /** A sign of life. Called with every readback and every read: costs no timer. */
  beat(name: string): void {
    const expectation = this.#expected.get(name);
    if (!expectation) return;
    expectation.dueMs = this.#clock.monotonicMs() + expectation.allowanceMs;
    if (this.#overdue !== undefined) this.#look();
  }

  /** Nothing is expected any longer: under this name, or at all. */
  end(name?: string): void {
    if (name === undefined) this.#expected.clear();
    else this.#expected.delete(name);
    this.#look();
  }

  /**
   * As `end`, without `onChange`: for a step whose outcome is handled next. Otherwise a step that
   * was overdue and then fails looks as if it had succeeded in between.
   */
  endQuietly(): void {
    clearTimeout(this.#timer);
    this.#expected.clear();
    this.#overdue = undefined;
  }

  #look(): void {
    clearTimeout(this.#timer);
    const nowMs = this.#clock.monotonicMs();
    const all = [...this.#expected.values()];
    const overdue = all.find(({ dueMs }) => dueMs <= nowMs)?.observation;
    const nextMs = Math.min(...all.filter(({ dueMs }) => dueMs > nowMs).map(({ dueMs }) => dueMs));
    // + 1: a timer may fire a fraction of a millisecond early.
    if (nextMs < Infinity) this.#timer = setTimeout(() => this.#look(), nextMs - nowMs + 1);
    if (overdue === this.#overdue) return;
    this.#overdue = overdue;
    this.#onChange();
  }
}
