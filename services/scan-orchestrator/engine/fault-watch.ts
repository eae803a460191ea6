import type { Clock } from '#shared/runtime/clock';

/**
 * Added to the expected time, milliseconds: a fault shows within 2 s, and a link with 1 s per
 * answer does not count as one.
 */
const GRACE_MS = 1_200;
/** Factor on the expected time. */
const SLACK = 1.25;

/** A step in progress and the time when it becomes overdue. */
interface Expectation {
  observation: string;
  allowanceMs: number;
  dueMs: number;
}

/** Watches the steps of a session and reports the overdue ones before their timeouts expire. */
export class FaultWatch {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #onChange: () => void;
  readonly #expected = new Map<string, Expectation>();
  /** Fires at `#timerMs`, which may be before the next step is due: then it is set again. */
  #timer: NodeJS.Timeout | undefined;
  #timerMs = Infinity;
  #overdue: string | undefined;

  /** `onChange` is called when `overdue` changes. */
  constructor(clock: Pick<Clock, 'monotonicMs'>, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Describes the overdue step; undefined if there is none. */
  get overdue(): string | undefined {
    return this.#overdue;
  }

  /**
   * Starts watching `name`: it must end, or report progress (`beat`), every `expectedMs`.
   * `observation` describes the fault if it does not.
   */
  expect(name: string, observation: string, expectedMs: number): void {
    const allowanceMs = expectedMs * SLACK + GRACE_MS;
    this.#expected.set(name, { observation, allowanceMs, dueMs: this.#clock.monotonicMs() + allowanceMs });
    this.#look();
  }

  /** Reports progress. Called with every readback and every read; sets no timer. */
  beat(name: string): void {
    const expectation = this.#expected.get(name);
    if (!expectation) return;
    expectation.dueMs = this.#clock.monotonicMs() + expectation.allowanceMs;
    if (this.#overdue !== undefined) this.#look();
  }

  /** Stops watching this step, or all steps. */
  end(name?: string): void {
    if (name === undefined) this.#expected.clear();
    else this.#expected.delete(name);
    if (this.#expected.size === 0) this.#clearTimer();
    this.#look();
  }

  /**
   * Like `end`, without calling `onChange`: for a step whose outcome is handled next. Otherwise an
   * overdue step that fails would briefly look successful.
   */
  endQuietly(): void {
    this.#clearTimer();
    this.#expected.clear();
    this.#overdue = undefined;
  }

  #look(): void {
    const nowMs = this.#clock.monotonicMs();
    let overdue: string | undefined;
    let nextMs = Infinity;
    for (const { observation, dueMs } of this.#expected.values()) {
      if (dueMs <= nowMs) overdue ??= observation;
      else nextMs = Math.min(nextMs, dueMs);
    }
    this.#lookAgain(nextMs, nowMs);
    if (overdue === this.#overdue) return;
    this.#overdue = overdue;
    this.#onChange();
  }

  /** A point begins and ends several steps: only an earlier due time needs another timer. */
  #lookAgain(nextMs: number, nowMs: number): void {
    if (nextMs >= this.#timerMs) return;
    this.#clearTimer();
    this.#timerMs = nextMs;
    // + 1: timers may fire a fraction of a millisecond early.
    this.#timer = setTimeout(
      () => {
        this.#clearTimer();
        this.#look();
      },
      nextMs - nowMs + 1,
    );
  }

  #clearTimer(): void {
    clearTimeout(this.#timer);
    this.#timerMs = Infinity;
  }
}
