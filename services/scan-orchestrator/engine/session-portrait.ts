import type { Clock } from '#shared/runtime/clock';
import { faultOf, type Fault } from '../domain/fault.ts';
import { sessionNotes } from '../domain/machine.ts';
import type { SessionEvent } from '../domain/session-events.ts';
import { finishedAtMs, resumesItself, type SessionState } from '../domain/session-state.ts';
import { ElapsedTime } from './elapsed-time.ts';
import type { FaultWatch } from './fault-watch.ts';
import type { HeldRotor } from './held-rotor.ts';
import type { FaultView, SessionView } from './ports.ts';
import type { Course } from './course.ts';
import { remainingSeconds } from './expected-end.ts';
import type { RecordWriter } from './record-writer.ts';

/** What a portrait shows. */
export interface Sitters {
  writer: RecordWriter;
  course: Course;
  held: HeldRotor;
  watch: FaultWatch;
  clock: Clock;
  faultBudgetMs: number;
}

/** A session as others see it. */
export class SessionPortrait {
  readonly #of: Sitters;
  readonly #elapsed: ElapsedTime;
  /** When the last point was measured, or the session began to run; monotonic. */
  #progressMs: number;
  /** Why the last activity failed. */
  #reason: string | undefined;
  #published: string;

  constructor(of: Sitters) {
    this.#of = of;
    this.#elapsed = new ElapsedTime(of.writer, of.clock);
    this.#progressMs = of.clock.monotonicMs();
    this.#published = this.#besideState;
  }

  /** An event that was taken, and the state before it. */
  notice(before: SessionState, event: SessionEvent): void {
    this.#elapsed.count(before);
    const begins = event.type === 'acquired' && before.status !== 'running';
    if (begins || (event.type === 'measured' && event.points.length > 0))
      this.#progressMs = this.#of.clock.monotonicMs();
    if (event.type === 'failed') this.#reason = event.reason;
  }

  /** Whether something that others have to know beside the state has changed since `published`. */
  get hasNews(): boolean {
    return this.#published !== this.#besideState;
  }

  /** What is to be seen now has been published. */
  published(): void {
    this.#published = this.#besideState;
  }

  get view(): SessionView {
    const { writer, course, clock } = this.#of;
    const { sessionId, rotor, state, revision } = writer.record;
    const seconds = state.status === 'running' ? this.#remainingSeconds : undefined;
    return {
      sessionId,
      rotorId: rotor.id,
      status: state.status,
      revision,
      notes: sessionNotes(state),
      completedPoints: course.done.completedPoints,
      totalPoints: course.done.totalPoints,
      startedAtMs: state.startedAtMs,
      finishedAtMs: finishedAtMs(state),
      etaMs: seconds === undefined ? null : clock.unixMs() + seconds * 1000,
      elapsedMs: this.#elapsed.ms,
      remainingMs: seconds === undefined ? null : seconds * 1000,
      fault: this.#faultView,
      rotorRests: this.#rests,
      resumesItself: state.status === 'paused' && resumesItself(state),
    };
  }

  get #fault(): Fault | undefined {
    const { writer, watch, faultBudgetMs } = this.#of;
    const observed = { reason: this.#reason, overdue: watch.overdue, progressMs: this.#progressMs };
    return faultOf(writer.record.state, observed, faultBudgetMs);
  }

  get #faultView(): FaultView | null {
    const fault = this.#fault;
    if (!fault) return null;
    const { clock } = this.#of;
    const [nowMs, unixMs] = [clock.monotonicMs(), clock.unixMs()];
    const pausesInMs = fault.pausesAtMs === null ? null : Math.max(0, fault.pausesAtMs - nowMs);
    return {
      observation: fault.observation,
      sinceUnixMs: unixMs - (nowMs - fault.sinceMs),
      forMs: nowMs - fault.sinceMs,
      pausesAtUnixMs: pausesInMs === null ? null : unixMs + pausesInMs,
      pausesInMs,
    };
  }

  get #rests(): boolean {
    const { writer, held } = this.#of;
    const { status, activity } = writer.record.state;
    // While the session resumes nothing moves the rotor until its position has been read.
    const { phase } = activity;
    return status === 'paused' && (phase === 'idle' || phase === 'acquiring') && held.rests;
  }

  /**
   * Until the last point; undefined before the rotor was taken for the first time since the start.
   */
  get #remainingSeconds(): number | undefined {
    const { done, itinerary } = this.#of.course;
    if (!itinerary.plan) return undefined;
    const left = done.totalPoints - done.completedPoints;
    return remainingSeconds(itinerary.plan, itinerary.tour, left, done.totalPoints);
  }

  get #besideState(): string {
    const fault = this.#fault;
    return JSON.stringify([fault?.observation, fault?.pausesAtMs, this.#rests]);
  }
}
