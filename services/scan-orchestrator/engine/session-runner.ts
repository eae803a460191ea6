import { errorKind } from '#shared/base/errors';
import { orderedClock } from '#shared/runtime/ordered-clock';
import { formatPointing } from '#shared/sky/pointing';
import { transition } from '../domain/machine.ts';
import type { Effect, Failed, SessionEvent } from '../domain/session-events.ts';
import { statusLabel } from '../domain/session-state.ts';
import { isVisibleChange } from '../domain/visible-change.ts';
import type { Unit } from '../domain/sweep-plan.ts';
import type { PendingPoint } from '../domain/measurement.ts';
import { noteText } from '../domain/note-parts.ts';
import { createScanProgress, type ScanProgress } from './scan-progress.ts';
import { failureOf, waitBeforeRetry } from './failure.ts';
import { FaultWatch } from './fault-watch.ts';
import { SessionHardware } from './session-hardware.ts';
import { notStopped } from './observations.ts';
import type { Plan } from './planning.ts';
import { createPointLog, type PointLog } from './point-log.ts';
import type { RunnerParts, SessionView } from './ports.ts';
import { ViewBuilder } from './view-builder.ts';
import { RecordWriter } from './record-writer.ts';
import { cellOf, countedState, latestTimeOf, unreported, type SessionRecord } from './session-record.ts';
import { createSuspension, reasonAgainst, type Suspension } from './suspension.ts';

const SAVE_AGAIN_MS = 2_000;

type Activity = Exclude<Effect, { type: 'record' | 'abort' | 'release' }>;

/**
 * Runs one session: takes an event, makes the transition, saves it, performs the effects and posts
 * their outcome. All decisions are in domain/machine.ts. Events are handled one at a time; so are
 * activities.
 */
export class SessionRunner {
  readonly #writer: RecordWriter;
  readonly #parts: RunnerParts;
  readonly #progress: ScanProgress;
  readonly #hardware: SessionHardware;
  readonly #suspension: Suspension;
  readonly #watch: FaultWatch;
  readonly #views: ViewBuilder;
  readonly #log: PointLog;
  #activity: AbortController | undefined;
  #inbox: { event: SessionEvent | undefined; answer: (refusedIn: string | undefined) => void }[] = [];
  #handling = false;
  #closed = false;
  #saveAgain: NodeJS.Timeout | undefined;

  /** `journalled`: cells of the journal's points after `record.confirmedSeq`. */
  constructor(record: SessionRecord, journalled: number[], given: RunnerParts) {
    // Times of a session never decrease, whatever happens to the clock, also across restarts.
    const parts = { ...given, clock: orderedClock(given.clock, latestTimeOf(record)) };
    const writer = new RecordWriter(record);
    const progress = createScanProgress(record, journalled, parts);
    this.#writer = writer;
    this.#parts = parts;
    this.#progress = progress;
    // The stored state dates from its last visible change: count the points measured since then.
    writer.setState(countedState(record, progress.done.openCells));
    this.#watch = new FaultWatch(parts.clock, () => void this.#post(undefined));
    this.#hardware = new SessionHardware(
      writer,
      progress,
      parts,
      this.#watch,
      (error) => void this.post(this.#failed(error)),
    );
    const [hardware, watch] = [this.#hardware, this.#watch];
    this.#views = new ViewBuilder({ ...parts, writer, progress, hardware, watch });
    this.#log = createPointLog(writer, progress, () => this.view, parts);
    this.#suspension = createSuspension(record, progress, parts, () => void this.post({ type: 'clear' }));
  }

  get record(): Readonly<SessionRecord> {
    return this.#writer.record;
  }

  /** Undefined before the rotor is first acquired. */
  get plan(): Plan | undefined {
    return this.#progress.itinerary.plan;
  }

  get view(): SessionView {
    return this.#views.view;
  }

  /**
   * Resolves once the event is handled and its outcome saved; with the status when the event is not
   * valid in it. A caller that read the status later might get the one that the event requires.
   */
  post(event: SessionEvent): Promise<string | undefined> {
    return this.#post('atMs' in event ? { ...event, atMs: this.#parts.clock.unixMs() } : event);
  }

  /** `undefined`: only re-checks whether the view has changed. */
  #post(event: SessionEvent | undefined): Promise<string | undefined> {
    return new Promise((answer) => {
      this.#inbox.push({ event, answer });
      void this.#handle();
    });
  }

  /** Re-checks the suspend conditions. */
  async checkConditions(): Promise<void> {
    const suspend = this.#suspend();
    if (suspend) await this.post(suspend);
  }

  /** Points up to `upToSeq` and the state of `revision` are stored in the database. */
  async confirm(upToSeq: number, revision: number): Promise<void> {
    this.#writer.confirmRevision(revision);
    await this.#log.forget(upToSeq);
  }

  /** Stops all activity without ending the session; it resumes after the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#saveAgain);
    this.#suspension.end();
    this.#abort();
    await Promise.all([this.#hardware.shutDown(), this.#log.close()]);
  }

  async #handle(): Promise<void> {
    if (this.#handling) return;
    this.#handling = true;
    for (let item = this.#inbox.shift(); item && !this.#closed; item = this.#inbox.shift()) {
      const before = this.record.state;
      const next = item.event && transition(before, item.event);
      if (next && item.event) {
        this.#writer.setState(next.state);
        this.#views.notice(before, item.event);
      }
      if ((next && isVisibleChange(before, next.state)) || this.#views.hasChanged) await this.#persist();
      if (next) {
        for (const effect of next.effects) this.#perform(effect);
        this.#suspension.follow();
      }
      item.answer(next ? undefined : statusLabel(before));
    }
    this.#handling = false;
  }

  async #persist(): Promise<void> {
    this.#views.published();
    const { logger, publisher } = this.#parts;
    this.#writer.nextRevision();
    await this.#save();
    const { sessionId: session, state } = this.record;
    const points = this.#progress.done.completedPoints;
    const note = noteText(state.noteParts);
    const facts = { session, status: state.status, phase: state.activity.phase, points, note };
    logger.info(facts, `session ${session} is ${statusLabel(state)}`);
    publisher.status(this.view);
  }

  /**
   * A full disk does not prevent a pause or a cancel: the request is carried out and saved later.
   */
  async #save(): Promise<void> {
    const { journal, logger } = this.#parts;
    clearTimeout(this.#saveAgain);
    try {
      await journal.saveSession(this.record);
    } catch (error) {
      const { sessionId } = this.record;
      logger.error({ err: error, session: sessionId }, 'the state of the session could not be saved');
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

  /** One activity at a time; the outcome of an aborted one is ignored. */
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
    const hardware = this.#hardware;
    const atMs = () => this.#parts.clock.unixMs();
    switch (effect.type) {
      case 'acquire': {
        await hardware.acquire(signal);
        const refined = unreported(this.record);
        return { type: 'acquired', atMs: atMs(), next: this.#nextAfter([]), refined };
      }
      case 'slew': {
        const suspend = this.#suspend();
        if (suspend) return suspend;
        const unit = await hardware.slewTo(effect.unit, signal);
        return unit ? { type: 'settled', unit } : { type: 'out_of_reach' };
      }
      case 'measure': {
        const points = await hardware.measure(effect.unit, signal);
        // At most one point or row is pending: a slow disk slows the scan instead of growing a
        // queue.
        await this.#log.written();
        return { type: 'measured', points, next: this.#nextAfter(points) };
      }
      case 'wait':
        await waitBeforeRetry(effect.attempts, signal);
        return { type: 'retry' };
      case 'park':
        await hardware.park(signal);
        return { type: 'parked', atMs: atMs() };
      case 'stop': {
        this.#watch.expect('stop', notStopped(this.record.rotor), 0);
        const trouble = await hardware.stop();
        this.#watch.endQuietly();
        await this.#log.written();
        return { type: 'stopped', atMs: atMs(), trouble };
      }
    }
  }

  /** The unit after these points; undefined: nothing is left. */
  #nextAfter(points: readonly PendingPoint[]): Unit | undefined {
    const { done, itinerary } = this.#progress;
    const next = itinerary.next(points.map((point) => cellOf(point, this.record)));
    if (!next && done.openCells > points.length && !this.record.frame)
      throw new Error('cells are missing, but none is next');
    return next;
  }

  #suspend(): SessionEvent | undefined {
    const reason = reasonAgainst(this.#progress, this.record, this.#parts);
    return reason === undefined ? undefined : { type: 'suspend', message: this.#noted(reason) };
  }

  #abort(): void {
    this.#activity?.abort();
    this.#activity = undefined;
    this.#watch.end();
  }

  async #recordPoints(points: readonly PendingPoint[]): Promise<void> {
    const refusal = await this.#log.append(points);
    if (!refusal) void this.post({ type: 'recorded', atMs: this.#parts.clock.unixMs() });
    else void this.post({ ...this.#failed(refusal.error), transient: false, unrecorded: refusal.points });
  }

  #release(): void {
    void this.#hardware
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

  /** Adds time and place to a reason. */
  #noted(reason: string): string {
    const { itinerary } = this.#progress;
    const next = itinerary.next();
    const when = new Date(this.#parts.clock.unixMs()).toISOString().slice(0, 19);
    return `${when}Z${next ? ` on the way to ${formatPointing(itinerary.startOf(next))}` : ''}: ${reason}`;
  }
}
