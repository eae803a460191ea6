import { WebSocket } from 'ws';
import type { Measurement } from '#contract/measurement';
import { hasEnded } from '#contract/session-status';
import { textFrame } from './frame.ts';
import type { LiveSocket } from './live-socket.ts';
import { pointText, statusText, type SessionFacts } from '../published.ts';
import { CLOSE } from '#contract/live/close-codes';
import type { ReplayLimiter } from './replay-limiter.ts';

/**
 * A point on its way to many viewers: each form is made at most once, and is the same bytes for all
 * of them.
 */
export interface LivePoint {
  seq: number;
  frame(full: boolean): Buffer;
}

export function createLivePoint(facts: SessionFacts, measurement: Measurement): LivePoint {
  const frames: { plain?: Buffer; full?: Buffer } = {};
  return {
    seq: measurement.seq,
    frame: (full) =>
      full
        ? (frames.full ??= textFrame(pointText(facts, measurement, true)))
        : (frames.plain ??= textFrame(pointText(facts, measurement, false))),
  };
}

export interface ViewerOptions {
  /** Points that the viewer has already; undefined: those that are stored when it comes. */
  after?: number | undefined;
  /** Whether points come with seq, setpoint and measurement. */
  full: boolean;
}

/**
 * Stored points after `afterSeq`, up to `upToSeq`, at most `limit`. Waits while the database is
 * away; undefined: give up.
 */
export type ReadStored = (range: {
  afterSeq: number;
  upToSeq: number;
  limit: number;
}) => Promise<Measurement[] | undefined>;

/** What a client may leave unread before it is sent away. */
const MAX_UNSENT_BYTES = 1024 * 1024;
// Some 50 kB: what a viewer that catches up leaves unread.
const BATCH = 100;
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * One WebSocket. It follows its session with a cursor, the seq of the last point it was sent.
 * Behind what is stored it reads batches from the database, each only when the client has taken the
 * one before; level with it, it gets points as they are stored. Either way nothing is queued here.
 */
export class Viewer {
  readonly #socket: LiveSocket;
  readonly #full: boolean;
  readonly #read: ReadStored;
  readonly #limiter: ReplayLimiter;
  readonly #onTooSlow: () => void;
  #facts: SessionFacts;
  #cursor: number;
  // The status that the client was told last; points carry it, so that it changes in status
  // messages only.
  #sent: SessionFacts;
  #catchingUp = false;

  constructor(
    socket: LiveSocket,
    facts: SessionFacts,
    options: ViewerOptions,
    read: ReadStored,
    limiter: ReplayLimiter,
    onTooSlow: () => void,
  ) {
    this.#socket = socket;
    this.#full = options.full;
    this.#read = read;
    this.#limiter = limiter;
    this.#onTooSlow = onTooSlow;
    this.#facts = facts;
    this.#sent = facts;
    this.#cursor = options.after ?? facts.completed;
    this.#send(statusText(facts, this.#full));
    if (this.#behind) void this.#catchUp();
    else this.#closeIfEnded();
  }

  /** The session is at `facts`; `points` are the last of those that led there. */
  advance(facts: SessionFacts, points: LivePoint[]): void {
    this.#facts = facts;
    if (this.#catchingUp || this.#socket.readyState !== WebSocket.OPEN) return;
    for (const point of points) {
      if (point.seq !== this.#cursor + 1) continue;
      this.#cursor = point.seq;
      this.#socket.sendFrame(point.frame(this.#full));
      if (!this.#keepsUp()) return;
    }
    if (this.#behind) void this.#catchUp();
    else this.#sendStatus(false);
  }

  get #behind(): boolean {
    return this.#cursor < this.#facts.completed;
  }

  async #catchUp(): Promise<void> {
    this.#catchingUp = true;
    while (this.#behind && this.#socket.readyState === WebSocket.OPEN) {
      const isRead = await this.#limiter.step(() => this.#catchUpStep());
      if (!isRead) {
        this.#socket.close(CLOSE.internal, 'Stored points cannot be read');
        return;
      }
    }
    // No await between the check of the cursor and this: no point can slip through.
    this.#catchingUp = false;
    this.#sendStatus(true);
  }

  async #catchUpStep(): Promise<{ sent: Promise<void>; result: boolean }> {
    // It may have gone while it waited for its turn.
    if (this.#socket.readyState !== WebSocket.OPEN) return { sent: Promise.resolve(), result: true };
    const range = { afterSeq: this.#cursor, upToSeq: this.#facts.completed, limit: BATCH };
    const points = await this.#read(range);
    if (!points || points.length === 0) return { sent: Promise.resolve(), result: false };
    return { sent: this.#sendBatch(points), result: true };
  }

  /** Resolves when the client has taken them. */
  async #sendBatch(points: Measurement[]): Promise<void> {
    await new Promise<void>((resolve) => {
      const last = points.length - 1;
      for (const [index, point] of points.entries()) {
        const text = pointText({ ...this.#sent, total: this.#facts.total }, point, this.#full);
        if (index === last) this.#socket.send(text, () => resolve());
        else this.#socket.send(text, () => undefined);
        this.#cursor = point.seq;
      }
    });
  }

  #sendStatus(afterPoints: boolean): void {
    // A revision that changes nothing of what is published (notes, a request that is under way) is
    // no message.
    const changed = this.#facts.status !== this.#sent.status || (this.#full && this.#detailChanged);
    if (!changed && !(afterPoints && hasEnded(this.#facts.status))) return;
    this.#sent = this.#facts;
    if (this.#send(statusText(this.#facts, this.#full))) this.#closeIfEnded();
  }

  get #detailChanged(): boolean {
    return (
      (['rotorRests', 'resumesItself'] as const).some((key) => this.#facts[key] !== this.#sent[key]) ||
      JSON.stringify(this.#facts.fault) !== JSON.stringify(this.#sent.fault)
    );
  }

  #closeIfEnded(): void {
    if (hasEnded(this.#facts.status)) this.#socket.close(CLOSE.normal, `Scan is ${this.#facts.status}`);
  }

  #send(text: string): boolean {
    this.#socket.send(text, () => undefined);
    return this.#keepsUp();
  }

  /** Whoever has left too much unread is sent away. */
  #keepsUp(): boolean {
    if (this.#socket.bufferedAmount <= MAX_UNSENT_BYTES) return true;
    this.#onTooSlow();
    this.#socket.close(CLOSE.tooSlow, 'Too slow: come back with ?after=N');
    // Whoever does not read does not see the closing handshake either.
    setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS).unref();
    return false;
  }
}
