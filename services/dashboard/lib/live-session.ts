import { countedOf } from '#shared/base/plurals';
import { ApiError } from '#contract/client/api-error';
import { sentenceOf } from './api.ts';
import { CLOSE } from '#contract/live/close-codes';
import { readSessionMessage } from '#contract/live/read-message';
import type { DetailedSessionMessage } from '#contract/live/session-messages';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import { CellTable, cellOfMeasurement, type MeasuredCell } from './cell-table.ts';
import { columnOf, createColumnarReader, type Block } from './columnar.ts';
import type { Timing } from './page-timing.ts';
import { hasEnded } from '#contract/session-status';
import { boundsOf, liveFieldsOf, merge } from './session-facts.ts';
import type { SessionSource } from './session-source.ts';

/**
 * What a live session is doing; `unknown`: there is no such session, `refused`: a key is needed.
 */
export type LivePhase = 'loading' | 'live' | 'waiting' | 'ended' | 'unknown' | 'refused';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** Notes and the expected end are in no message. */
const ASK_EVERY_MS = 5_000;
/** The plan costs more than the session and changes less: it is asked for every fourth time. */
const PLAN_EVERY = 4;
/** More points than these are downloaded in columns; fewer come through the WebSocket. */
const FEW_POINTS = 500;

/**
 * A session as it is and as it goes on: loads what is stored, follows what comes, and begins again
 * where it was whenever the connection breaks. Points are taken in the order of `seq`, each exactly
 * once: nothing is missing and nothing is there twice.
 */
export class LiveSession {
  readonly id: number;
  phase: LivePhase = 'loading';
  /** What it is doing, in words. */
  words = 'Loading';
  session: Session | undefined;
  plan: Plan | undefined;
  table: CellTable | undefined;
  /** The last point that was taken. */
  lastSeq = 0;
  /** How many messages came over its connections. */
  messages = 0;

  readonly #source: SessionSource;
  readonly #timing: Timing;
  readonly #ending = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #forgetWake: () => void;
  /** Ends the wait, or the connection that may be dead. */
  #turn = new AbortController();
  #statusMessages = 0;
  #asking = false;

  constructor(id: number, source: SessionSource, timing: Timing) {
    this.id = id;
    this.#source = source;
    this.#timing = timing;
    this.#forgetWake = timing.onWake(() => this.retry());
    void this.#run();
  }

  /**
   * Told after every change but that of a single cell (`table.map.onChange`). Returns what ends it.
   */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Connects anew at once: the page was asleep, or somebody does not want to wait. */
  retry(): void {
    this.#turn.abort();
  }

  /** Asks for notes and the expected end at once: something was done to the session from here. */
  refresh(): void {
    void this.#ask();
  }

  close(): void {
    this.#ending.abort();
    this.#turn.abort();
    this.#forgetWake();
    this.#listeners.clear();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#isOver()) {
      this.#turn = new AbortController();
      const before = this.lastSeq;
      const trouble = await this.#attempt(this.#turn.signal).catch((error: unknown) => this.#explain(error));
      if (this.#isOver()) return;
      if (this.#turn.signal.aborted) continue;
      failures = this.lastSeq > before ? 1 : failures + 1;
      await this.#rest(trouble, failures);
    }
  }

  #isOver(): boolean {
    return this.#ending.signal.aborted || this.phase === 'ended' || this.phase === 'unknown';
  }

  /** One connection, from loading to its end; resolves with why it ended. */
  async #attempt(signal: AbortSignal): Promise<string> {
    const [session, plan] = await Promise.all([
      this.#source.session(this.id, signal),
      this.#source.plan(this.id, false, signal),
    ]);
    // Points are never taken back: this is another session of the same number, of a new database.
    if (session.completed_points < this.lastSeq) this.#forget();
    this.#learn(session);
    this.plan = { ...plan, path: this.plan?.path ?? [] };
    this.table ??= new CellTable(boundsOf(session, this.plan));
    this.#tell();
    const behind = session.completed_points - this.lastSeq;
    if (behind > FEW_POINTS || (behind > 0 && hasEnded(session.status)))
      await this.#download(session.completed_points, signal);
    if (!hasEnded(session.status)) {
      // For the path, for which the map does not wait.
      void this.#ask();
      return this.#follow(signal);
    }
    if (this.lastSeq < session.completed_points) throw new Error('The download ended too early');
    this.#become('ended', '');
    return '';
  }

  async #download(total: number, signal: AbortSignal): Promise<void> {
    const read = createColumnarReader();
    for await (const bytes of this.#source.measurements(this.id, this.lastSeq, signal)) {
      for (const block of read(bytes)) this.#takeAll(block);
      this.#become('loading', `Loading ${countedOf(this.lastSeq, total, 'point')}`);
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
        resolve('The connection brought nothing');
      };
      const leave = this.#source.follow(this.id, this.lastSeq, {
        hear: (data) => {
          // What is malformed is ignored; a point that is missing then is asked for again.
          const message = readSessionMessage(data, this.id, this.session?.status ?? 'running');
          if (!message) return;
          try {
            this.#hear(message);
          } catch (error) {
            end();
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        },
        lost: (code, reason) => {
          end();
          if (code === CLOSE.unknown) reject(new ApiError(404, reason));
          // Ended: what is left to know (notes, the time) is asked for once more.
          else if (this.session && hasEnded(this.session.status)) resolve(this.#attempt(signal));
          else resolve(code === CLOSE.tooSlow ? 'This page fell behind' : reason || 'The connection is lost');
        },
      });
      signal.addEventListener('abort', giveUp);
      void this.#watch(watch.signal, giveUp);
    });
  }

  #hear(message: DetailedSessionMessage): void {
    this.messages++;
    if (message.point) this.#take(cellOfMeasurement(message.point.measurement));
    const changed = this.session?.status !== message.status;
    if (changed) this.#statusMessages++;
    if (message.point === null) {
      if (this.plan) this.plan = { ...this.plan, ...liveFieldsOf(message) };
      this.#statusMessages++;
    }
    if (this.session) this.session = merge(this.session, message);
    this.#become('live', 'Live');
    if (changed) void this.#ask();
  }

  /** Throws when a point is missing: the connection is then begun anew behind the last one. */
  #take(cell: MeasuredCell): void {
    if (cell.seq <= this.lastSeq) return;
    if (cell.seq > this.lastSeq + 1) throw this.#missing();
    this.table?.put(cell);
    this.lastSeq = cell.seq;
  }

  /** The same for the points of a block, which come in their order. */
  #takeAll(block: Block): void {
    const seqs = columnOf(block, 'seq');
    let from = 0;
    while (from < block.rows && (seqs[from] ?? NaN) <= this.lastSeq) from++;
    let to = from;
    while (to < block.rows && seqs[to] === this.lastSeq + 1 + to - from) to++;
    if (to > from) this.table?.putAll(block, from, to);
    this.lastSeq += to - from;
    if (to < block.rows) throw this.#missing();
  }

  #missing(): Error {
    return new Error(`Point ${this.lastSeq + 1} is missing`);
  }

  /**
   * Asks now and then; gives a connection up that is silent while points are stored, or while
   * nobody answers either.
   */
  async #watch(signal: AbortSignal, giveUp: () => void): Promise<void> {
    let missed: number | undefined;
    for (let turn = 1; ; turn++) {
      const heard = this.messages;
      await this.#timing.sleep(ASK_EVERY_MS, signal);
      if (signal.aborted) return;
      const before = this.lastSeq;
      const stored = await this.#ask(turn % PLAN_EVERY === 0);
      const silent = heard === this.messages;
      const behind = stored !== undefined && stored > this.lastSeq && this.lastSeq === before;
      // Once more, when it is over already, means nothing.
      if (silent && (stored === undefined || (behind && missed === before))) giveUp();
      missed = behind ? before : undefined;
    }
  }

  /**
   * Notes, times, the expected end; resolves with how many points are stored, as far as that can be
   * had.
   */
  async #ask(planToo = true): Promise<number | undefined> {
    if (this.#asking || this.#ending.signal.aborted) return undefined;
    this.#asking = true;
    const heard = this.#statusMessages;
    try {
      const [session, plan] = await Promise.all([
        this.#source.session(this.id, this.#ending.signal),
        planToo ? this.#source.plan(this.id, true, this.#ending.signal) : undefined,
      ]);
      // A message that came meanwhile is newer than these answers.
      const newer = heard !== this.#statusMessages;
      if (plan) this.plan = newer && this.plan ? { ...plan, ...liveFieldsOf(this.plan) } : plan;
      if (!newer) this.#learn(session);
      return session.completed_points;
    } catch {
      return undefined; // the connection will tell
    } finally {
      this.#asking = false;
      if (heard !== this.#statusMessages) void this.#ask();
      this.#tell();
    }
  }

  #learn(session: Session): void {
    const known = Math.max(session.completed_points, this.session?.completed_points ?? 0);
    this.session = { ...session, completed_points: known };
  }

  #forget(): void {
    this.lastSeq = 0;
    this.table = undefined;
    this.session = undefined;
  }

  #explain(error: unknown): string {
    if (error instanceof ApiError && error.status === 404) this.#become('unknown', error.message);
    else if (error instanceof ApiError && error.status === 401) this.#become('refused', error.message);
    return sentenceOf(error);
  }

  async #rest(trouble: string, failures: number): Promise<void> {
    // Half of it is chance: those who lost the same server do not come back all at once.
    const longestMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
    const waitMs = longestMs * (0.5 + 0.5 * this.#timing.random());
    const next = this.#timing.online()
      ? `Trying again in ${Math.max(1, Math.round(waitMs / 1000))} s`
      : 'This device is offline; goes on when it is back';
    this.#become(this.phase === 'refused' ? 'refused' : 'waiting', `${trouble}. ${next}`);
    this.#turn = new AbortController();
    await this.#timing.sleep(waitMs, this.#turn.signal);
  }

  #become(phase: LivePhase, words: string): void {
    this.phase = phase;
    this.words = words;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
