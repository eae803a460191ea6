import { errorKind, errorMessage, type ErrorKind } from '#shared/errors';
import { gridShape } from '#shared/grid-shape';
import { orderedClock } from '#shared/ordered-clock';
import { formatPointing } from '#shared/pointing';
import { CellSet } from '../domain/cells.ts';
import { faultOf, type Fault } from '../domain/fault.ts';
import { sessionNotes, stateWord, transition } from '../domain/machine.ts';
import type { Effect, Failed, SessionEvent, SessionState } from '../domain/machine-types.ts';
import type { MeasuredPoint } from '../domain/measurement.ts';
import { ElapsedTime } from './elapsed-time.ts';
import { FaultWatch } from './fault-watch.ts';
import { HeldRotor } from './held-rotor.ts';
import { Progress } from './progress.ts';
import type { Plan } from './planning.ts';
import type { FaultView, RunnerParts, SessionView } from './ports.ts';
import { cellNumbers, cellOf, type SessionRecord } from './session-record.ts';
import { Suspension, reasonAgainst } from './suspension.ts';

// Kinds of errors that may heal without anybody's doing.
const PASSING: ReadonlySet<ErrorKind> = new Set(['unavailable', 'timeout', 'busy', 'lease_lost']);

const SAVE_AGAIN_MS = 2_000;

type Activity = Exclude<Effect, 'record' | 'abort' | 'release'>;

/**
 * Runs one session: event in, transition, persist, perform the effects, feed their outcome back. It has no opinions; they are in
 * domain/machine.ts. Events are handled one at a time; so are the hardware's activities.
 */
export class SessionRunner {
  readonly record: SessionRecord;
  readonly #parts: RunnerParts;
  readonly #progress: Progress;
  readonly #held: HeldRotor;
  readonly #suspension: Suspension;
  readonly #watch: FaultWatch;
  readonly #elapsed: ElapsedTime;
  /** When the last point was measured, or the session began to run; monotonic. */
  #progressMs: number;
  /** Why the last activity failed. */
  #reason: string | undefined;
  /** What was published of the fault and of the rotor. */
  #published = '';
  #activity: AbortController | undefined;
  #measured: MeasuredPoint[] = [];
  #recording: Promise<void> = Promise.resolve();
  #inbox: { event: SessionEvent | undefined; answer: (refusedIn: string | undefined) => void }[] = [];
  #handling = false;
  #closed = false;
  #saveAgain: NodeJS.Timeout | undefined;

  /** `journalled`: cells of the points in the journal beyond `record.confirmedSeq`. */
  constructor(record: SessionRecord, journalled: number[], given: RunnerParts) {
    // Times of a session keep their order, whatever happens to the clock, also across a restart.
    const parts = { ...given, clock: orderedClock(given.clock, latestTimeOf(record)) };
    this.record = record;
    this.#parts = parts;
    this.#elapsed = new ElapsedTime(record, parts.clock);
    this.#progress = new Progress(record, journalled);
    // The state on disk is as old as its last visible change; what was measured since then is counted from the points.
    record.state = {
      ...record.state,
      remaining: this.#progress.totalPoints - this.#progress.completedPoints,
    };
    this.#progressMs = parts.clock.monotonicMs();
    this.#watch = new FaultWatch(parts.clock, () => void this.#post(undefined));
    this.#held = new HeldRotor(
      record,
      this.#progress,
      parts,
      this.#watch,
      (why) => void this.post(this.#failed(why)),
    );
    this.#published = this.#toPublish;
    this.#suspension = new Suspension(record, this.#progress, parts, () => void this.post({ type: 'clear' }));
  }

  /** Undefined before the rotor has been taken for the first time. */
  get plan(): Plan | undefined {
    return this.#progress.current;
  }

  get view(): SessionView {
    const { sessionId, rotor, state, revision } = this.record;
    const seconds = state.status === 'running' ? this.#progress.remainingSeconds : undefined;
    return {
      sessionId,
      rotorId: rotor.id,
      status: state.status,
      revision,
      notes: sessionNotes(state),
      completedPoints: this.#progress.completedPoints,
      totalPoints: this.#progress.totalPoints,
      startedAtMs: state.startedAtMs,
      finishedAtMs: state.finishedAtMs,
      etaMs: seconds === undefined ? null : this.#parts.clock.unixMs() + seconds * 1000,
      elapsedMs: this.#elapsed.ms,
      remainingMs: seconds === undefined ? null : seconds * 1000,
      fault: this.#faultView,
      rotorRests: this.#rests,
      resumesItself: state.status === 'paused' && state.suspended,
    };
  }

  get #fault(): Fault | undefined {
    const observed = { reason: this.#reason, overdue: this.#watch.overdue, progressMs: this.#progressMs };
    return faultOf(this.record.state, observed, this.#parts.faultBudgetMs);
  }

  get #faultView(): FaultView | null {
    const fault = this.#fault;
    if (!fault) return null;
    const { clock } = this.#parts;
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
    const { status, phase } = this.record.state;
    return status === 'paused' && phase === 'idle' && this.#held.rests;
  }

  /** What others have to know beside the state; compared to see whether it has changed. */
  get #toPublish(): string {
    const fault = this.#fault;
    return JSON.stringify([fault?.observation, fault?.pausesAtMs, this.#rests]);
  }

  /**
   * Resolves once the event has been handled and its outcome is on disk; with the state's word when it means nothing there. Asked
   * a moment later, the state might be the very one that the event needs.
   */
  post(event: SessionEvent): Promise<string | undefined> {
    return this.#post('atMs' in event ? { ...event, atMs: this.#parts.clock.unixMs() } : event);
  }

  /** Without an event: something beside the state may have changed. */
  #post(event: SessionEvent | undefined): Promise<string | undefined> {
    return new Promise((answer) => {
      this.#inbox.push({ event, answer });
      void this.#handle();
    });
  }

  /** What may forbid to measure has changed. */
  async checkConditions(): Promise<void> {
    const suspend = this.#suspend();
    if (suspend) await this.post(suspend);
  }

  /** Points up to `upToSeq` and the state of `revision` are stored elsewhere. */
  async confirm(upToSeq: number, revision: number): Promise<void> {
    const { record } = this;
    record.confirmedRevision = Math.max(record.confirmedRevision, Math.min(revision, record.revision));
    const seq = Math.min(upToSeq, this.#progress.completedPoints);
    const { confirmedSeq } = record;
    if (seq <= confirmedSeq) return;
    const points = await this.#parts.journal.readPoints(record.sessionId, confirmedSeq, seq - confirmedSeq);
    const cells = new CellSet(cellNumbers(gridShape(record.bounds)), record.confirmedCells);
    for (const point of points) cells.add(cellOf(point, record));
    record.confirmedCells = cells.bits;
    record.lastMeasuredAtMs = Math.max(
      record.lastMeasuredAtMs ?? -Infinity,
      points.at(-1)?.measuredAtMs ?? -Infinity,
    );
    record.confirmedSeq = Math.max(record.confirmedSeq, confirmedSeq + points.length);
    await this.#parts.journal.forgetPoints(record);
  }

  /** Lets go of everything without ending the session: it goes on after the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#saveAgain);
    this.#suspension.end();
    this.#abort();
    this.#watch.end();
    await this.#held.letGo();
    await this.#recording;
  }

  async #handle(): Promise<void> {
    if (this.#handling) return;
    this.#handling = true;
    for (let item = this.#inbox.shift(); item && !this.#closed; item = this.#inbox.shift()) {
      const before = this.record.state;
      const next = item.event && transition(before, item.event);
      if (next && item.event) {
        this.record.state = next.state;
        this.#elapsed.count(before);
        this.#notice(before, item.event);
      }
      if ((next && isVisible(before, next.state)) || this.#published !== this.#toPublish)
        await this.#persist();
      if (next) {
        for (const effect of next.effects) this.#perform(effect);
        this.#suspension.follow();
      }
      item.answer(next ? undefined : stateWord(before));
    }
    this.#handling = false;
  }

  /** What an event that was taken says of the progress. */
  #notice(before: SessionState, event: SessionEvent): void {
    const begins = event.type === 'acquired' && before.status !== 'running';
    if (begins || (event.type === 'measured' && event.points > 0))
      this.#progressMs = this.#parts.clock.monotonicMs();
    if (event.type === 'failed') this.#reason = event.reason;
  }

  async #persist(): Promise<void> {
    const { record } = this;
    this.#published = this.#toPublish;
    const { logger, publisher } = this.#parts;
    record.revision++;
    await this.#save();
    const { status, phase, note } = record.state;
    const facts = { session: record.sessionId, status, phase, points: this.#progress.completedPoints, note };
    logger.info(facts, `session ${record.sessionId} is ${stateWord(record.state)}`);
    publisher.status(this.view);
  }

  /** A full disk must not keep anybody from pausing or cancelling: what was asked for happens all the same, and is written later. */
  async #save(): Promise<void> {
    const { journal, logger } = this.#parts;
    clearTimeout(this.#saveAgain);
    try {
      await journal.saveSession(this.record);
    } catch (error) {
      const { sessionId } = this.record;
      logger.error({ err: error, session: sessionId }, 'the state of the session is not on disk');
      if (!this.#closed) this.#saveAgain = setTimeout(() => void this.#save(), SAVE_AGAIN_MS);
    }
  }

  #perform(effect: Effect): void {
    switch (effect) {
      case 'acquire':
      case 'slew':
      case 'measure':
      case 'wait':
      case 'park':
      case 'stop':
        this.#start(effect);
        break;
      case 'record':
        this.#record();
        break;
      case 'abort':
        this.#abort();
        break;
      case 'release':
        this.#release();
        break;
    }
  }

  /** One activity at a time; the outcome of one that was aborted is nobody's business any more. */
  #start(effect: Activity): void {
    const activity = new AbortController();
    this.#activity = activity;
    this.#outcome(effect, activity.signal).then(
      (event) => {
        if (this.#activity !== activity) return;
        this.#watch.end();
        void this.post(event);
      },
      (error: unknown) => {
        if (this.#activity !== activity) return;
        this.#watch.end();
        void this.post(this.#failed(error));
      },
    );
  }

  async #outcome(effect: Activity, signal: AbortSignal): Promise<SessionEvent> {
    const held = this.#held;
    const atMs = () => this.#parts.clock.unixMs();
    switch (effect) {
      case 'acquire':
        await held.acquire(signal);
        return { type: 'acquired', atMs: atMs() };
      case 'slew': {
        const suspend = this.#suspend();
        if (suspend) return suspend;
        return { type: 'settled', sweeps: await held.slewToNext(signal) };
      }
      case 'measure':
        this.#measured = await held.measure(signal);
        // One point, or one row, at most is on its way to the journal: a slow disk slows the scan, it never grows a queue.
        await this.#recording;
        return { type: 'measured', points: this.#measured.length };
      case 'wait':
        await held.waitBeforeRetry(this.record.state.failing?.attempts ?? 1, signal);
        return { type: 'retry' };
      case 'park':
        await held.park(signal);
        return { type: 'parked', atMs: atMs() };
      case 'stop': {
        await this.#recording;
        const trouble = await held.stop();
        return { type: 'stopped', atMs: atMs(), trouble };
      }
    }
  }

  #suspend(): SessionEvent | undefined {
    const reason = reasonAgainst(this.#progress, this.record.rotor, this.#parts);
    return reason === undefined ? undefined : { type: 'suspend', message: this.#noted(reason) };
  }

  #abort(): void {
    this.#activity?.abort();
    this.#activity = undefined;
    this.#watch.end();
  }

  /** Journal first, then the world. Runs beside the next slew; points keep their order. */
  #record(): void {
    const points = this.#measured;
    for (const point of points) this.#progress.take(point);
    this.#recording = this.#recording.then(async () => {
      for (const [i, point] of points.entries()) {
        const numbered = { ...point, seq: this.#progress.completedPoints + 1 };
        try {
          await this.#parts.journal.appendPoint(this.record.sessionId, numbered);
        } catch (error) {
          const refused = points.slice(i);
          for (const one of refused) this.#progress.giveBack(one);
          void this.post({ ...this.#failed(error), passing: false, unrecorded: refused.length });
          return;
        }
        this.#progress.recorded();
        this.#parts.publisher.point(this.view, numbered);
      }
      void this.post({ type: 'recorded', atMs: this.#parts.clock.unixMs() });
    });
  }

  #release(): void {
    void this.#held
      .release()
      .catch((error: unknown) => this.#parts.logger.warn({ err: error }, 'the lease was not released'))
      .then(() => this.#parts.onEnded());
  }

  #failed(error: unknown): Failed {
    const { clock, logger, faultBudgetMs } = this.#parts;
    const { sessionId, state } = this.record;
    const kind = errorKind(error);
    const reason = kind === 'internal' ? 'internal error' : errorMessage(error);
    if (kind === 'internal') logger.error({ err: error, session: sessionId }, 'unexpected error');
    else logger.warn({ session: sessionId, phase: state.phase, kind }, reason);
    return {
      type: 'failed',
      nowMs: clock.monotonicMs(),
      passing: PASSING.has(kind),
      reason,
      message: this.#noted(reason),
      budgetMs: faultBudgetMs,
    };
  }

  /** What happened with when and where. */
  #noted(reason: string): string {
    const next = this.#progress.nextSetpoint;
    const when = new Date(this.#parts.clock.unixMs()).toISOString().slice(0, 19);
    return `${when}Z${next ? ` on the way to ${formatPointing(next)}` : ''}: ${reason}`;
  }
}

/** The latest time that is stored of a session. */
function latestTimeOf({ state, lastMeasuredAtMs, elapsedAtMs }: SessionRecord): number {
  const times = [state.startedAtMs, state.finishedAtMs, lastMeasuredAtMs, elapsedAtMs];
  return Math.max(...times.map((time) => time ?? -Infinity));
}

/** Whether others have to know. Phases come and go with every point and stay in memory. */
function isVisible(before: SessionState, after: SessionState): boolean {
  return (
    [
      'status',
      'request',
      'suspended',
      'userNotes',
      'note',
      'clockNote',
      'startedAtMs',
      'finishedAtMs',
    ] as const
  ).some((key) => before[key] !== after[key]);
}
