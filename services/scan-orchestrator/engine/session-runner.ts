import { errorKind } from '#shared/base/errors';
import { orderedClock } from '#shared/runtime/ordered-clock';
import { formatPointing } from '#shared/sky/pointing';
import { transition } from '../domain/machine.ts';
import type { Effect, Failed, SessionEvent } from '../domain/session-events.ts';
import { statusWord } from '../domain/session-state.ts';
import { isVisibleChange } from '../domain/visible-change.ts';
import type { Unit } from '../domain/sweep-plan.ts';
import type { MeasuredPoint } from '../domain/measurement.ts';
import { noteText } from '../domain/note-parts.ts';
import { createCourse, type Course } from './course.ts';
import { failureOf } from './failure.ts';
import { FaultWatch } from './fault-watch.ts';
import { HeldRotor } from './held-rotor.ts';
import { notStopped } from './observations.ts';
import type { Plan } from './planning.ts';
import { PointLog } from './point-log.ts';
import type { RunnerParts, SessionView } from './ports.ts';
import { SessionPortrait } from './session-portrait.ts';
import { RecordWriter } from './record-writer.ts';
import { cellOf, latestTimeOf, type SessionRecord } from './session-record.ts';
import { Suspension, reasonAgainst } from './suspension.ts';

const SAVE_AGAIN_MS = 2_000;

type Activity = Exclude<Effect, { type: 'record' | 'abort' | 'release' }>;

/**
 * Runs one session: event in, transition, persist, perform the effects, feed their outcome back. It
 * has no opinions; they are in domain/machine.ts. Events are handled one at a time; so are the
 * hardware's activities.
 */
export class SessionRunner {
  readonly #writer: RecordWriter;
  readonly #parts: RunnerParts;
  readonly #course: Course;
  readonly #held: HeldRotor;
  readonly #suspension: Suspension;
  readonly #watch: FaultWatch;
  readonly #portrait: SessionPortrait;
  readonly #log: PointLog;
  #activity: AbortController | undefined;
  #inbox: { event: SessionEvent | undefined; answer: (refusedIn: string | undefined) => void }[] = [];
  #handling = false;
  #closed = false;
  #saveAgain: NodeJS.Timeout | undefined;

  /** `journalled`: cells of the points in the journal beyond `record.confirmedSeq`. */
  constructor(record: SessionRecord, journalled: number[], given: RunnerParts) {
    // Times of a session keep their order, whatever happens to the clock, also across a restart.
    const parts = { ...given, clock: orderedClock(given.clock, latestTimeOf(record)) };
    const writer = new RecordWriter(record);
    const course = createCourse(record, journalled);
    this.#writer = writer;
    this.#parts = parts;
    this.#course = course;
    // The state on disk is as old as its last visible change; what was measured since then is
    // counted from the points.
    writer.setState({ ...record.state, remaining: course.done.openCells });
    this.#watch = new FaultWatch(parts.clock, () => void this.#post(undefined));
    this.#held = new HeldRotor(
      writer,
      course,
      parts,
      this.#watch,
      (why) => void this.post(this.#failed(why)),
    );
    const { clock, faultBudgetMs } = parts;
    const [held, watch] = [this.#held, this.#watch];
    this.#portrait = new SessionPortrait({ writer, course, held, watch, clock, faultBudgetMs });
    this.#log = new PointLog(writer, course, () => this.view, parts);
    this.#suspension = new Suspension(record, course, parts, () => void this.post({ type: 'clear' }));
  }

  get record(): Readonly<SessionRecord> {
    return this.#writer.record;
  }

  /** Undefined before the rotor has been taken for the first time. */
  get plan(): Plan | undefined {
    return this.#course.itinerary.plan;
  }

  get view(): SessionView {
    return this.#portrait.view;
  }

  /**
   * Resolves once the event has been handled and its outcome is on disk; with the state's word when
   * it means nothing there. Asked a moment later, the state might be the very one that the event
   * needs.
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
    this.#writer.confirmRevision(revision);
    await this.#log.forget(upToSeq);
  }

  /** Lets go of everything without ending the session: it goes on after the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#saveAgain);
    this.#suspension.end();
    this.#abort();
    this.#watch.end();
    await this.#held.letGo();
    await this.#log.written();
  }

  async #handle(): Promise<void> {
    if (this.#handling) return;
    this.#handling = true;
    for (let item = this.#inbox.shift(); item && !this.#closed; item = this.#inbox.shift()) {
      const before = this.record.state;
      const next = item.event && transition(before, item.event);
      if (next && item.event) {
        this.#writer.setState(next.state);
        this.#portrait.notice(before, item.event);
      }
      if ((next && isVisibleChange(before, next.state)) || this.#portrait.hasNews) await this.#persist();
      if (next) {
        for (const effect of next.effects) this.#perform(effect);
        this.#suspension.follow();
      }
      item.answer(next ? undefined : statusWord(before));
    }
    this.#handling = false;
  }

  async #persist(): Promise<void> {
    const { record } = this;
    this.#portrait.published();
    const { logger, publisher } = this.#parts;
    this.#writer.nextRevision();
    await this.#save();
    const { status, activity, noteParts } = record.state;
    const points = this.#course.done.completedPoints;
    const facts = {
      session: record.sessionId,
      status,
      phase: activity.phase,
      points,
      note: noteText(noteParts),
    };
    logger.info(facts, `session ${record.sessionId} is ${statusWord(record.state)}`);
    publisher.status(this.view);
  }

  /**
   * A full disk must not keep anybody from pausing or cancelling: what was asked for happens all
   * the same, and is written later.
   */
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
    switch (effect.type) {
      case 'acquire':
      case 'slew':
      case 'measure':
      case 'wait':
      case 'park':
      case 'stop':
        this.#start(effect);
        break;
      case 'record':
        void this.#recordPoints(effect.points);
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
        this.#watch.endQuietly();
        void this.post(event);
      },
      (error: unknown) => {
        if (this.#activity !== activity) return;
        this.#watch.endQuietly();
        void this.post(this.#failed(error));
      },
    );
  }

  async #outcome(effect: Activity, signal: AbortSignal): Promise<SessionEvent> {
    const held = this.#held;
    const atMs = () => this.#parts.clock.unixMs();
    switch (effect.type) {
      case 'acquire':
        await held.acquire(signal);
        return { type: 'acquired', atMs: atMs(), next: this.#nextAfter([]) };
      case 'slew': {
        const suspend = this.#suspend();
        if (suspend) return suspend;
        return { type: 'settled', unit: await held.slewTo(effect.unit, signal) };
      }
      case 'measure': {
        const points = await held.measure(effect.unit, signal);
        // One point, or one row, at most is on its way to the journal: a slow disk slows the scan,
        // it never grows a queue.
        await this.#log.written();
        return { type: 'measured', points, next: this.#nextAfter(points) };
      }
      case 'wait':
        await held.waitBeforeRetry(effect.attempts, signal);
        return { type: 'retry' };
      case 'park':
        await held.park(signal);
        return { type: 'parked', atMs: atMs() };
      case 'stop': {
        await this.#log.written();
        this.#watch.expect('stop', notStopped(this.record.rotor), 0);
        const trouble = await held.stop();
        return { type: 'stopped', atMs: atMs(), trouble };
      }
    }
  }

  /** What is measured after these points; undefined: nothing is left. */
  #nextAfter(points: readonly MeasuredPoint[]): Unit | undefined {
    const { done, itinerary } = this.#course;
    const next = itinerary.next(points.map((point) => cellOf(point, this.record)));
    if (!next && done.openCells > points.length) throw new Error('cells are missing, but none is next');
    return next;
  }

  #suspend(): SessionEvent | undefined {
    const reason = reasonAgainst(this.#course, this.record, this.#parts);
    return reason === undefined ? undefined : { type: 'suspend', message: this.#noted(reason) };
  }

  #abort(): void {
    this.#activity?.abort();
    this.#activity = undefined;
    this.#watch.end();
  }

  async #recordPoints(points: readonly MeasuredPoint[]): Promise<void> {
    const refusal = await this.#log.append(points);
    if (!refusal) void this.post({ type: 'recorded', atMs: this.#parts.clock.unixMs() });
    else void this.post({ ...this.#failed(refusal.error), passing: false, unrecorded: refusal.points });
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
    const nowMs = clock.monotonicMs();
    const failed = failureOf(error, (reason) => this.#noted(reason), { nowMs, budgetMs: faultBudgetMs });
    if (kind === 'internal') logger.error({ err: error, session: sessionId }, 'unexpected error');
    else logger.warn({ session: sessionId, phase: state.activity.phase, kind }, failed.reason);
    return failed;
  }

  /** What happened with when and where. */
  #noted(reason: string): string {
    const { itinerary } = this.#course;
    const next = itinerary.next();
    const when = new Date(this.#parts.clock.unixMs()).toISOString().slice(0, 19);
    return `${when}Z${next ? ` on the way to ${formatPointing(itinerary.startOf(next))}` : ''}: ${reason}`;
  }
}
