import { hasEnded, type SessionStatus } from '#contract/session-status';
import type { Measurement } from '#contract/measurement';
import { columnarFormat } from '../../api-gateway/http/columnar.ts';
import { pointText, statusText } from '../../api-gateway/published.ts';
import type { PointBlock } from '../../api-gateway/store/point-block.ts';
import type { ApiError } from '#contract/client/api-error';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import type { SocketListener, SessionSource } from '../lib/session-source.ts';
import { blockOf } from './point-block.ts';
import { planOf, pointAt, sessionOf } from './sessions.ts';

/** A WebSocket controlled by the test: messages arrive only on `deliver`. */
class FakeSocket {
  cursor: number;
  open = true;
  /** Simulates a broken connection: neither messages nor the close event arrive. */
  frozen = false;
  readonly texts: string[] = [];
  readonly #listener: SocketListener;

  constructor(cursor: number, listener: SocketListener) {
    this.cursor = cursor;
    this.#listener = listener;
  }

  /** Delivers at most `max` messages. */
  deliver(max: number): void {
    for (let left = max; left > 0 && this.open && !this.frozen; left--) {
      const text = this.texts.shift();
      if (text === undefined) return;
      this.#listener.onMessage(text);
    }
  }

  end(code: number, reason: string): void {
    if (!this.open || this.frozen) return;
    this.open = false;
    this.#listener.onClose(code, reason);
  }
}

/**
 * An in-process gateway with one session. It uses the real message formats and can simulate all
 * failures.
 */
export class FakeServer implements SessionSource {
  readonly total: number;
  stored = 0;
  status: SessionStatus = 'running';
  notes: string | null = null;
  /** Errors for the next requests. */
  refusals: ApiError[] = [];
  /** The next download breaks after this number of bytes. */
  breakDownloadAfter: number | undefined;
  /** Omits the next point from the messages to sockets. */
  skipPoint = false;
  readonly sockets: FakeSocket[] = [];
  readonly #columns: number;

  constructor(total: number, columns: number) {
    this.total = total;
    this.#columns = columns;
  }

  async session(): Promise<Session> {
    await this.#answer();
    return { ...sessionOf(this.total, this.#columns), ...this.#progress(), notes: this.notes };
  }

  async plan(): Promise<Plan> {
    await this.#answer();
    return planOf(this.total, this.#columns);
  }

  async *measurements(
    _id: number,
    afterSeq: number,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    await this.#answer();
    const bytes = await this.#encoded(afterSeq);
    const end = this.breakDownloadAfter ?? Infinity;
    this.breakDownloadAfter = undefined;
    for (let offset = 0; offset < bytes.length;) {
      signal.throwIfAborted();
      if (offset >= end) throw new TypeError('network error');
      const piece = bytes.slice(offset, Math.min(offset + 97, end));
      offset += piece.length;
      yield await Promise.resolve(piece);
    }
  }

  follow(_id: number, afterSeq: number, listener: SocketListener): () => void {
    const socket = new FakeSocket(afterSeq, listener);
    this.sockets.push(socket);
    socket.texts.push(statusText(this.#row(), true));
    this.#send(socket);
    return () => {
      socket.open = false;
    };
  }

  /** Stores `count` more points. */
  store(count: number): void {
    this.stored = Math.min(this.total, this.stored + count);
    if (this.stored === this.total) this.status = 'completed';
    for (const socket of this.#open()) this.#send(socket);
  }

  become(status: SessionStatus): void {
    this.status = status;
    for (const socket of this.#open()) socket.texts.push(statusText(this.#row(), true));
  }

  /**
   * Delivers at most `max` messages per socket, and closes the sockets after the last message of an
   * ended session.
   */
  deliver(max: number): void {
    for (const socket of this.#open()) {
      socket.deliver(max);
      if (hasEnded(this.status) && socket.texts.length === 0 && socket.open)
        socket.end(1000, `Scan is ${this.status}`);
    }
  }

  cut(code: number, reason = ''): void {
    for (const socket of this.#open()) socket.end(code, reason);
  }

  freeze(): void {
    for (const socket of this.#open()) socket.frozen = true;
  }

  #open(): FakeSocket[] {
    return this.sockets.filter(({ open }) => open);
  }

  #send(socket: FakeSocket): void {
    while (socket.cursor < this.stored) {
      socket.cursor++;
      if (this.skipPoint) {
        this.skipPoint = false;
        continue;
      }
      socket.texts.push(pointText(this.#row(), this.#point(socket.cursor), true));
    }
    if (this.status === 'completed') socket.texts.push(statusText(this.#row(), true));
  }

  #point(seq: number): Measurement {
    return pointAt(seq, this.#columns);
  }

  #row() {
    return { id: 7, status: this.status, revision: 1, completed: this.stored, total: this.total };
  }

  #progress() {
    return { id: 7, status: this.status, completed_points: this.stored, total_points: this.total };
  }

  async #answer(): Promise<void> {
    await Promise.resolve();
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
  }

  async #encoded(afterSeq: number): Promise<Uint8Array<ArrayBuffer>> {
    const points = Array.from({ length: this.stored - afterSeq }, (_, i) => this.#point(afterSeq + 1 + i));
    async function* blocks(): AsyncGenerator<PointBlock> {
      for (let at = 0; at < points.length; at += 5)
        yield await Promise.resolve(blockOf(points.slice(at, at + 5)));
    }
    const pieces: Buffer[] = [];
    for await (const piece of columnarFormat().encode(blocks())) pieces.push(Buffer.from(piece));
    return new Uint8Array(Buffer.concat(pieces));
  }
}
