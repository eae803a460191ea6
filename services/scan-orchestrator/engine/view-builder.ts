import type { Clock } from '#shared/runtime/clock';
import { faultOf, type Fault } from '../domain/fault.ts';
import { sessionNotes } from '../domain/machine.ts';
import type { SessionEvent } from '../domain/session-events.ts';
import { finishedAtMs, resumesItself, type SessionState } from '../domain/session-state.ts';
import { createElapsedTime, type ElapsedTime } from './elapsed-time.ts';
import type { FaultWatch } from './fault-watch.ts';
import type { SessionHardware } from './session-hardware.ts';
import type { FaultView, SessionView } from './ports.ts';
import type { ScanProgress } from './scan-progress.ts';
import type { RecordWriter } from './record-writer.ts';

/** What the view is derived from. */
export interface ViewSources {
  writer: RecordWriter;
  progress: ScanProgress;
  hardware: SessionHardware;
  watch: FaultWatch;
  clock: Clock;
  faultBudgetMs: number;
}

/** Builds the externally visible state of a session. */
export class ViewBuilder {
  readonly #sources: ViewSources;
  readonly #elapsed: ElapsedTime;
  /** When the last point was measured, or the session started to run; monotonic. */
  #progressMs: number;
  /** Why the last activity failed. */
  #reason: string | undefined;
  #published: string;

  constructor(sources: ViewSources) {
    this.#sources = sources;
    this.#elapsed = createElapsedTime(sources.writer, sources.clock);
    this.#progressMs = sources.clock.monotonicMs();
    this.#published = this.#besideState;
  }

  /** Called after each transition with the previous state. */
  notice(before: SessionState, event: SessionEvent): void {
    this.#elapsed.count(before);
    const begins = event.type === 'acquired' && before.status !== 'running';
    if (begins || (event.type === 'measured' && event.points.length > 0))
      this.#progressMs = this.#sources.clock.monotonicMs();
    if (event.type === 'failed') this.#reason = event.reason;
  }

  /** Whether the view has changed, apart from the state, since the last `published`. */
  get hasChanged(): boolean {
    return this.#published !== this.#besideState;
  }

  /** The current view has been published. */
  published(): void {
    this.#published = this.#besideState;
  }

  get view(): SessionView {
    const { writer, progress, clock } = this.#sources;
    const { sessionId, rotor, state, revision } = writer.record;
    const seconds = state.status === 'running' ? this.#remainingSeconds : undefined;
    return {
      sessionId,
      rotorId: rotor.id,
      status: state.status,
      revision,
      notes: sessionNotes(state),
      completedPoints: progress.done.completedPoints,
      totalPoints: progress.done.totalPoints,
      startedAtMs: state.startedAtMs,
      finishedAtMs: finishedAtMs(state),
      etaMs: seconds === undefined ? null : clock.unixMs() + seconds * 1000,
      elapsedMs: this.#elapsed.ms,
      remainingMs: seconds === undefined ? null : seconds * 1000,
      fault: this.#faultView,
      rotorRests: this.#rotorRests,
      resumesItself: state.status === 'paused' && resumesItself(state),
    };
  }

  get #fault(): Fault | undefined {
    const { writer, watch, faultBudgetMs } = this.#sources;
    const observed = { reason: this.#reason, overdue: watch.overdue, progressMs: this.#progressMs };
    return faultOf(writer.record.state, observed, faultBudgetMs);
  }

  get #faultView(): FaultView | null {
    const fault = this.#fault;
    if (!fault) return null;
    const { clock } = this.#sources;
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

  get #rotorRests(): boolean {
    const { writer, hardware } = this.#sources;
    const { status, activity } = writer.record.state;
    // While the session resumes, the rotor does not move until its position has been read.
    const { phase } = activity;
    return status === 'paused' && (phase === 'idle' || phase === 'acquiring') && hardware.standsStill;
  }

  /**
   * Until the last point; undefined before the rotor is first acquired after a start of the
   * service.
   */
  get #remainingSeconds(): number | undefined {
    const { done, itinerary } = this.#sources.progress;
    return itinerary.remainingSeconds(done.totalPoints - done.completedPoints);
  }

  get #besideState(): string {
    const fault = this.#fault;
    return JSON.stringify([fault?.observation, fault?.pausesAtMs, this.#rotorRests]);
  }
}
