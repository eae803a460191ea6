import { connect, type Socket } from 'node:net';
import { SkyScanError } from '#shared/errors';
import { decodeReply, encodeCommand, isComplete, type Command, type Dialect, type Reply } from './codec.ts';
import { GarbledReplyError } from './garbled-reply.ts';
import { createLineSplitter } from './lines.ts';

/** A rotctld at an address that has been checked. */
export interface Endpoint {
  address: string;
  port: number;
}

/** One TCP connection with one command in flight. After any failure it is closed and stays closed. */
export interface Connection {
  readonly open: boolean;
  /** Sends a command and waits for its reply. Throws `unavailable` when none came, `GarbledReplyError` for nonsense. */
  exchange(command: Command, dialect: Dialect, timeoutMs: number, quietMs?: number): Promise<Reply>;
  close(): void;
}

/** Connects. Throws `unavailable`: refused, timed out. */
export async function openConnection(endpoint: Endpoint, timeoutMs: number): Promise<Connection> {
  const socket = connect({ host: endpoint.address, port: endpoint.port, noDelay: true });
  const connection = new SocketConnection(socket, `rotctld at ${endpoint.address}:${endpoint.port}`);
  await connection.opened(timeoutMs);
  return connection;
}

interface Waiting {
  command: Command;
  dialect: Dialect;
  lines: string[];
  quietMs: number | undefined;
  resolve: (reply: Reply) => void;
  reject: (error: SkyScanError) => void;
}

class SocketConnection implements Connection {
  open = false;
  readonly #socket: Socket;
  readonly #name: string;
  readonly #lines = createLineSplitter();
  #waiting: Waiting | undefined;
  #quiet: NodeJS.Timeout | undefined;
  #failure: SkyScanError | undefined;

  constructor(socket: Socket, name: string) {
    this.#socket = socket;
    this.#name = name;
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#fail(describeSocketError(error)));
    socket.on('close', () => this.#fail('closed the connection'));
  }

  opened(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#fail(`does not accept connections (waited ${timeoutMs} ms)`),
        timeoutMs,
      );
      this.#socket.once('connect', () => {
        this.open = true;
        clearTimeout(timer);
        resolve();
      });
      this.#socket.once('close', () => {
        clearTimeout(timer);
        reject(this.#failure ?? this.#unavailable('closed the connection'));
      });
    });
  }

  async exchange(command: Command, dialect: Dialect, timeoutMs: number, quietMs?: number): Promise<Reply> {
    if (!this.open) throw this.#failure ?? this.#unavailable('is not connected');
    if (this.#waiting) throw new SkyScanError('internal', 'a command is in flight already');
    const line = encodeCommand(command, dialect);
    this.#lines.reset();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Reply>((resolve, reject) => {
        this.#waiting = { command, dialect, lines: [], quietMs, resolve, reject };
        timer = setTimeout(() => this.#fail(`did not answer within ${timeoutMs} ms`), timeoutMs);
        this.#socket.write(line, 'latin1');
      });
    } finally {
      clearTimeout(timer);
      clearTimeout(this.#quiet);
    }
  }

  close(): void {
    this.#fail('connection was closed by us');
  }

  #receive(bytes: Buffer): void {
    const waiting = this.#waiting;
    // A late or unasked reply belongs to nobody, and whatever comes after it would be taken for another's.
    if (!waiting) {
      this.#fail('spoke without being asked');
      return;
    }
    try {
      const lines = this.#lines.push(bytes);
      for (const [index, line] of lines.entries()) {
        waiting.lines.push(line);
        if (!isComplete(waiting.command, waiting.dialect, waiting.lines)) continue;
        if (index < lines.length - 1 || this.#lines.pending)
          throw new GarbledReplyError('more than one answer');
        this.#settle(waiting);
        return;
      }
    } catch (error) {
      this.#fail('sent garbage', error instanceof SkyScanError ? error : undefined);
      return;
    }
    if (waiting.quietMs === undefined) return;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#settle(waiting), waiting.quietMs);
  }

  #settle(waiting: Waiting): void {
    this.#waiting = undefined;
    waiting.resolve(decodeReply(waiting.dialect, waiting.lines));
  }

  #fail(why: string, error?: SkyScanError): void {
    this.open = false;
    this.#failure ??= error ?? this.#unavailable(why);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(this.#failure);
    this.#socket.destroy();
  }

  #unavailable(why: string): SkyScanError {
    return new SkyScanError('unavailable', `${this.#name} ${why}`);
  }
}

function describeSocketError(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'refused the connection';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'cannot be reached';
    default:
      return 'closed the connection';
  }
}
