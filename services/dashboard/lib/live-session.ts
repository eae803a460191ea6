import { countedOf } from '#shared/base/plurals';
import { ApiError } from '#contract/client/api-error';
import { CLOSE } from '#contract/live/close-codes';
import { readSessionMessage } from '#contract/live/read-message';
import type { DetailedSessionMessage } from '#contract/live/session-messages';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import { cellOfMeasurement, type CellTable } from './cell-table.ts';
import { backoffMs } from './backoff.ts';
import { createColumnarReader } from './columnar.ts';
import type { Timing } from './page-timing.ts';
import { hasEnded } from '#contract/session-status';
import { createReceivedPoints } from './received-points.ts';
import { describeClose, describeRetry, sessionFailure, type SessionFailure } from './session-failure.ts';
import { boundsOf, liveFieldsOf, mergeMessage } from './session-fields.ts';
import type { SessionSource } from './session-source.ts';

export type LivePhase = 'loading' | 'live' | 'ended' | SessionFailure['phase'];

const MAX_WAIT_MS = 15_000;
/** Messages contain neither notes nor the expected end, so they are polled. */
const POLL_EVERY_MS = 5_000;
/** The plan is larger than the session and changes less: every fourth poll requests it. */
const PLAN_EVERY = 4;
/** A larger backlog is downloaded in columnar form; a smaller one arrives over the WebSocket. */
const MAX_SOCKET_BACKLOG = 500;

/**
 * Follows a session: loads the stored points, receives new ones, and reconnects after the last
 * point when the connection breaks.
 */
export class LiveSession {
  readonly id: number;
  readonly #source: SessionSource;
  readonly #timing: Timing;
  readonly #ending = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #stopWaking: () => void;
  /** Ends the current connection or the wait before the next one. */
  #attemptEnd = new AbortController();
  readonly #points = createReceivedPoints();
  #phase: LivePhase = 'loading';
  #statusText = 'Loading';
  #session: Session | undefined;
  #plan: Plan | undefined;
  #messages = 0;
  #statusMessages = 0;
  #polling = false;

  constructor(id: number, source: SessionSource, timing: Timing) {
    this.id = id;
    this.#source = source;
    this.#timing = timing;
    this.#stopWaking = timing.onWake(() => this.retry());
    void this.#run();
  }

  get phase(): LivePhase {
    return this.#phase;
  }

  /** Describes the phase to the user. */
  get statusText(): string {
    return this.#statusText;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  get plan(): Plan | undefined {
    return this.#plan;
  }

  get table(): CellTable | undefined {
    return this.#points.table;
  }

  /** `seq` of the last stored point. */
  get lastSeq(): number {
    return this.#points.lastSeq;
  }

  /** Number of messages received over all connections. */
  get messages(): number {
    return this.#messages;
  }

  /**
   * Calls `listener` after each change except of single cells (see `table.map.onChange`). Returns a
   * function that unsubscribes.
   */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reconnects immediately, for example with a new API key. */
  retry(): void {
    this.#attemptEnd.abort();
  }

  /** Requests notes and the expected end immediately. */
  refresh(): void {
    void this.#poll();
  }

  close(): void {
    this.#ending.abort();
    this.#attemptEnd.abort();
    this.#stopWaking();
    this.#listeners.clear();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#isOver()) {
      this.#attemptEnd = new AbortController();
      const before = this.lastSeq;
      const failure = await this.#attempt(this.#attemptEnd.signal).then(
        (reason): SessionFailure => ({ phase: 'waiting', reason }),
        sessionFailure,
      );
      if (this.#isOver()) return;
      if (this.#attemptEnd.signal.aborted) continue;
      failures = this.lastSeq > before ? 1 : failures + 1;
      await this.#waitAfter(failure, failures);
    }
  }

  #isOver(): boolean {
    return this.#ending.signal.aborted || this.#phase === 'ended' || this.#phase === 'unknown';
  }

  /** Loads and follows the session over one connection; resolves with the reason for its end. */
  async #attempt(signal: AbortSignal): Promise<string> {
    const [session, plan] = await Promise.all([
      this.#source.session(this.id, signal),
      this.#source.plan(this.id, false, signal),
    ]);
    // Points are never removed, so this is another session: a new database reused the id.
    if (session.completed_points < this.lastSeq) {
      this.#points.reset();
      this.#session = undefined;
    }
    this.#update(session);
    this.#plan = { ...plan, path: this.#plan?.path ?? [] };
    this.#points.open(boundsOf(session, this.#plan), plan.refine?.step_deg);
    this.#notify();
    const behind = session.completed_points - this.lastSeq;
    if (behind > MAX_SOCKET_BACKLOG || (behind > 0 && hasEnded(session.status)))
      await this.#download(session.completed_points, signal);
    if (!hasEnded(session.status)) {
      // Loads the path, which the map does not wait for.
      void this.#poll();
      return this.#follow(signal);
    }
    if (this.lastSeq < session.completed_points) throw new Error('The download is incomplete');
    this.#setPhase('ended', '');
    return '';
  }

  async #download(total: number, signal: AbortSignal): Promise<void> {
    const read = createColumnarReader();
    for await (const bytes of this.#source.measurements(this.id, this.lastSeq, signal)) {
      for (const block of read(bytes)) this.#points.putBlock(block);
      this.#setPhase('loading', `Loading ${countedOf(this.lastSeq, total, 'point')}`);
    }
  }

  #follow(signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const watch = new AbortController();
      const end = () => {
        watch.abort();
        signal.removeEventListener('abort', giveUp);
        leave();
      };
      const giveUp = () => {
        end();
        resolve('No data received');
      };
      const leave = this.#source.follow(this.id, this.lastSeq, {
        onMessage: (data) => {
          // Ignores malformed messages; a point that is missing as a result is requested again.
          const message = readSessionMessage(data, this.id, this.#session?.status ?? 'running');
          if (!message) return;
          try {
            this.#receive(message);
          } catch (error) {
            end();
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        },
        onClose: (code, reason) => {
          end();
          if (code === CLOSE.unknown) reject(new ApiError(404, reason));
          // The session has ended: loads its final notes and times.
          else if (this.#session && hasEnded(this.#session.status)) resolve(this.#attempt(signal));
          else resolve(describeClose(code, reason));
        },
      });
      signal.addEventListener('abort', giveUp);
      void this.#watch(watch.signal, giveUp);
    });
  }

  #receive(message: DetailedSessionMessage): void {
    this.#messages++;
    if (message.point) this.#points.put(cellOfMeasurement(message.point.measurement));
    const hasGrown = message.total > (this.#session?.total_points ?? Infinity);
    const changed = this.#session?.status !== message.status || hasGrown;
    if (changed) this.#statusMessages++;
    if (message.point === null) {
      if (this.#plan) this.#plan = { ...this.#plan, ...liveFieldsOf(message) };
      this.#statusMessages++;
    }
    if (this.#session) this.#session = mergeMessage(this.#session, message);
    this.#setPhase('live', 'Live');
    if (changed) void this.#poll();
  }

  /**
   * Polls the session. Gives up a silent connection if points are missing in two polls or if the
   * poll fails too.
   */
  async #watch(signal: AbortSignal, giveUp: () => void): Promise<void> {
    let missed: number | undefined;
    for (let turn = 1; ; turn++) {
      const received = this.#messages;
      await this.#timing.sleep(POLL_EVERY_MS, signal);
      if (signal.aborted) return;
      const before = this.lastSeq;
      const hasGrown = this.#session?.total_points !== this.#plan?.total_points;
      const stored = await this.#poll(turn % PLAN_EVERY === 0 || hasGrown);
      const silent = received === this.#messages;
      const behind = stored !== undefined && stored > this.lastSeq && this.lastSeq === before;
      // After the end of the connection `giveUp` does nothing.
      if (silent && (stored === undefined || (behind && missed === before))) giveUp();
      missed = behind ? before : undefined;
    }
  }

  /**
   * Loads notes, times and the expected end. Resolves with the number of stored points, or
   * undefined if the request fails.
   */
  async #poll(withPlan = true): Promise<number | undefined> {
    if (this.#polling || this.#ending.signal.aborted) return undefined;
    this.#polling = true;
    const received = this.#statusMessages;
    try {
      const [session, plan] = await Promise.all([
        this.#source.session(this.id, this.#ending.signal),
        withPlan ? this.#source.plan(this.id, true, this.#ending.signal) : undefined,
      ]);
      // A status message received in the meantime is newer than these responses.
      const newer = received !== this.#statusMessages;
      if (plan) this.#plan = newer && this.#plan ? { ...plan, ...liveFieldsOf(this.#plan) } : plan;
      if (!newer) this.#update(session);
      return session.completed_points;
    } catch {
      return undefined; // the connection reports the error
    } finally {
      this.#polling = false;
      if (received !== this.#statusMessages) void this.#poll();
      this.#notify();
    }
  }

  #update(session: Session): void {
    const known = Math.max(session.completed_points, this.#session?.completed_points ?? 0);
    this.#session = { ...session, completed_points: known };
  }

  async #waitAfter({ phase, reason }: SessionFailure, failures: number): Promise<void> {
    const { signal } = (this.#attemptEnd = new AbortController());
    if (phase !== 'waiting') {
      const retried = new Promise((resolve) => signal.addEventListener('abort', resolve));
      this.#setPhase(phase, reason);
      // The same key would be refused again.
      if (phase === 'refused') await retried;
      return;
    }
    const waitMs = backoffMs(failures, MAX_WAIT_MS, this.#timing.random());
    this.#setPhase('waiting', `${reason}. ${describeRetry(waitMs, this.#timing.online())}`);
    await this.#timing.sleep(waitMs, signal);
  }

  #setPhase(phase: LivePhase, statusText: string): void {
    this.#phase = phase;
    this.#statusText = statusText;
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
