import { WebSocket } from 'ws';
import type { Measurement } from '#contract/measurement';
import { hasEnded } from '#contract/session-status';
import { sleep } from '#shared/runtime/waiting';
import { textFrame } from './frame.ts';
import type { LiveSocket } from './live-socket.ts';
import { pointText, statusText, type SessionFacts } from '../published.ts';
import { LIVE_CHANNELS } from '#contract/live/channels';
import { CLOSE } from '#contract/live/close-codes';
import type { ReplayLimiter } from './replay-limiter.ts';

/** A point for many viewers: each form is encoded at most once. */
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
  /** Seq of the last point that the viewer has; undefined: all stored points. */
  after?: number | undefined;
  /** Whether points include seq, setpoint and measurement. */
  full: boolean;
}

/**
 * Stored points after `afterSeq`, up to `upToSeq`, at most `limit`. Waits for an unavailable
 * database; undefined: give up.
 */
export type ReadStored = (range: {
  afterSeq: number;
  upToSeq: number;
  limit: number;
}) => Promise<Measurement[] | undefined>;

/** A client with more unread data is disconnected. */
const MAX_UNSENT_BYTES = 1024 * 1024;
// About 50 kB of unread data for a viewer that catches up.
const BATCH = 100;
const CLOSE_TIMEOUT_MS = 5_000;
/** Points of other gateways' sites are shown when they arrive, and stored a moment later. */
export const NOT_STORED_YET_MS = 250;
// Longer than the lease of a gateway that was lost.
const MAX_EMPTY_READS = 60;

/**
 * One WebSocket. It follows its session with a cursor, the seq of the last point sent. Behind the
 * stored points it reads batches from the database, each after the client has read the previous
 * one; level with them it gets points as they are stored. Nothing is queued.
 */
export class Viewer {
  readonly #socket: LiveSocket;
  readonly #full: boolean;
  readonly #read: ReadStored;
  readonly #limiter: ReplayLimiter;
  readonly #onTooSlow: () => void;
  #facts: SessionFacts;
  #cursor: number;
  // The last status sent; points repeat it, so the status changes only in status messages.
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

  /** The session has reached `facts`; `points` are the latest points. */
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

  /** The session was deleted. */
  end(): void {
    this.#socket.close(CLOSE.unknown, LIVE_CHANNELS.session.notFound);
  }

  get #behind(): boolean {
    return this.#cursor < this.#facts.completed;
  }

  async #catchUp(): Promise<void> {
    this.#catchingUp = true;
    let emptyReads = 0;
    while (this.#behind && this.#socket.readyState === WebSocket.OPEN) {
      const read = await this.#limiter.step(() => this.#catchUpStep());
      emptyReads = read === 0 ? emptyReads + 1 : 0;
      if (read === undefined || emptyReads > MAX_EMPTY_READS) {
        this.#socket.close(CLOSE.internal, 'Stored points cannot be read');
        return;
      }
      if (read === 0) await sleep(NOT_STORED_YET_MS);
    }
    // No await between the check of the cursor and this line, so no point is missed.
    this.#catchingUp = false;
    this.#sendStatus(true);
  }

  /** The result is the number of points; undefined: they cannot be read. */
  async #catchUpStep(): Promise<{ sent: Promise<void>; result: number | undefined }> {
    // The client may have disconnected while it waited.
    if (this.#socket.readyState !== WebSocket.OPEN) return { sent: Promise.resolve(), result: 0 };
    const range = { afterSeq: this.#cursor, upToSeq: this.#facts.completed, limit: BATCH };
    const points = await this.#read(range);
    if (!points || points.length === 0) return { sent: Promise.resolve(), result: points?.length };
    return { sent: this.#sendBatch(points), result: points.length };
  }

  /** Resolves when the client has read them. */
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
    // A revision without a published change (notes, a pending request) is not sent.
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

  /** Disconnects a client with too much unread data. */
  #keepsUp(): boolean {
    if (this.#socket.bufferedAmount <= MAX_UNSENT_BYTES) return true;
    this.#onTooSlow();
    this.#socket.close(CLOSE.tooSlow, 'Too slow: reconnect with ?after=N');
    // A client that does not read does not see the closing handshake.
    setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS).unref();
    return false;
  }
}
