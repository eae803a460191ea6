import { connect, isIP, type Socket } from 'node:net';
import { CLOSED, describeConnectionFault } from '#shared/runtime/connection-faults';
import { SkyScanError } from '#shared/base/errors';
import { decodeReply, encodeCommand, isComplete, type Command, type Reply } from './codec.ts';
import type { Dialect } from '../motion/rotctld-client.ts';
import { GarbledReplyError } from '../domain/garbled-reply.ts';
import { createReplyLines } from './reply-lines.ts';
import { RotctldError } from '../domain/rotctld-error.ts';

/** The checked addresses of a rotctld; a host name may have several. */
export interface Endpoint {
  addresses: string[];
  port: number;
}

/** The connection was refused or closed by the server. */
export class DisconnectedError extends RotctldError {
  /** Part of an answer had arrived; if not, the command may be repeated on another connection. */
  readonly answered: boolean;

  constructor(message: string, answered: boolean) {
    super(message);
    this.name = 'DisconnectedError';
    this.answered = answered;
  }
}

/** One TCP connection; replies arrive in the order of the commands. Any failure closes it. */
export interface Connection {
  readonly open: boolean;
  /** Number of commands without a reply. */
  readonly inFlight: number;
  /**
   * Sends a command at once and waits for its reply; with `quietMs`, silence after some lines ends
   * the reply too. Throws `unavailable` without a reply, `GarbledReplyError` for an invalid one.
   */
  exchange(command: Command, dialect: Dialect, timeoutMs: number, quietMs?: number): Promise<Reply>;
  close(): void;
}

/** Connects to the first address that accepts. Throws `unavailable`: refused, timed out. */
export async function openConnection({ addresses, port }: Endpoint, timeoutMs: number): Promise<Connection> {
  let failure: unknown;
  for (const address of addresses) {
    const socket = connect({ host: address, port, noDelay: true });
    const name = isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
    const connection = new SocketConnection(socket, `rotctld at ${name}`);
    try {
      await connection.opened(timeoutMs);
      return connection;
    } catch (error) {
      // The error of the first address, which is the best known one.
      failure ??= error;
    }
  }
  throw failure;
}

const ROTOR_ADDRESS = 'host and port of the rotor';

/** A command without a reply. */
interface Waiting {
  command: Command;
  dialect: Dialect;
  lines: string[];
  quietMs: number | undefined;
  resolve: (reply: Reply) => void;
  reject: (error: SkyScanError) => void;
}

class SocketConnection implements Connection {
  #isOpen = false;
  readonly #socket: Socket;
  readonly #name: string;
  readonly #lines = createReplyLines();
  /** In the order of sending. */
  readonly #waiting: Waiting[] = [];
  #quiet: NodeJS.Timeout | undefined;
  #failure: SkyScanError | undefined;

  constructor(socket: Socket, name: string) {
    this.#socket = socket;
    this.#name = name;
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#lose(describeConnectionFault(error.code ?? '', ROTOR_ADDRESS)),
    );
    socket.on('close', () => this.#lose(describeConnectionFault(CLOSED)));
  }

  get open(): boolean {
    return this.#isOpen;
  }

  get inFlight(): number {
    return this.#waiting.length;
  }

  opened(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () =>
          this.#fail(
            `does not accept connections (waited ${timeoutMs} ms; check its firewall, and ${ROTOR_ADDRESS})`,
          ),
        timeoutMs,
      );
      this.#socket.once('connect', () => {
        this.#isOpen = true;
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
    if (!this.#isOpen) throw this.#failure ?? this.#unavailable('is not connected');
    const line = encodeCommand(command, dialect);
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Reply>((resolve, reject) => {
        this.#waiting.push({ command, dialect, lines: [], quietMs, resolve, reject });
        timer = setTimeout(() => this.#fail(`did not answer within ${timeoutMs} ms`), timeoutMs);
        this.#socket.write(line, 'latin1');
      });
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#fail('was disconnected by rotor-driver');
  }

  #receive(bytes: Buffer): void {
    clearTimeout(this.#quiet);
    // After a late or unsolicited reply, every further reply would be matched to a wrong command.
    if (this.#waiting.length === 0) {
      this.#fail('sent data without a request');
      return;
    }
    try {
      const lines = this.#lines.push(bytes);
      for (const [index, line] of lines.entries()) {
        const [waiting, next] = this.#waiting;
        if (!waiting) break;
        waiting.lines.push(line);
        if (!isComplete(waiting.command, waiting.dialect, waiting.lines)) continue;
        if (!next && (index < lines.length - 1 || this.#lines.pending))
          throw new GarbledReplyError('more than one answer');
        this.#settle(waiting);
      }
    } catch (error) {
      this.#fail(error instanceof SkyScanError ? error : 'sent an invalid answer');
      return;
    }
    const [waiting] = this.#waiting;
    if (waiting?.quietMs !== undefined)
      this.#quiet = setTimeout(() => this.#settle(waiting), waiting.quietMs);
  }

  #settle(waiting: Waiting): void {
    this.#waiting.shift();
    this.#lines.reset();
    waiting.resolve(decodeReply(waiting.dialect, waiting.lines));
  }

  #fail(reason: SkyScanError | string): void {
    this.#isOpen = false;
    this.#failure ??= typeof reason === 'string' ? this.#unavailable(reason) : reason;
    clearTimeout(this.#quiet);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
    this.#socket.destroy();
  }

  /** The server has closed or refused the connection. */
  #lose(reason: string): void {
    const answered = this.#lines.pending || this.#waiting.some(({ lines }) => lines.length > 0);
    this.#fail(new DisconnectedError(`${this.#name} ${reason}`, answered));
  }

  #unavailable(reason: string): SkyScanError {
    return new RotctldError(`${this.#name} ${reason}`);
  }
}
