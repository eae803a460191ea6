import { errorKind, errorMessage, SkyScanError } from '#shared/base/errors';
import { decodeCapabilities, isNotHamlib } from './birdcage.ts';
import {
  decodeInfo,
  decodeLimits,
  decodeModel,
  decodePosition,
  encodeCommand,
  hasSouthZero,
  isExtended,
  type Command,
  type Reply,
} from './codec.ts';
import type { Connection } from './connection.ts';
import type { Dialect, Recognition } from '../motion/rotctld-client.ts';
import { GarbledReplyError } from '../domain/garbled-reply.ts';

/** Timeouts of the recognition, milliseconds. */
export interface RecogniseTimings {
  /** For `+p`: a plain server may not answer; a GS-232B without its controller takes 1.8 s. */
  extendedMs: number;
  /** For descriptions, which need no hardware. */
  describeMs: number;
  /** For an ordinary command. */
  commandMs: number;
}

/** Timeouts for a server whose commands may take `commandMs`. */
export function recogniseTimingsFor(commandMs: number): RecogniseTimings {
  return { extendedMs: Math.max(2_500, commandMs / 2), describeMs: 1_500, commandMs };
}

/** A recognised server, kept for the next connection. */
export interface Learnt {
  recognition: Recognition;
  /** Its answer to `dump_state`, if any. A server with a different answer is another one. */
  state?: string | undefined;
}

/**
 * Recognises dialect, model and travel of a server. `connect` opens a connection and closes the
 * previous one. After a timeout or an invalid answer the connection is closed, so that a late
 * answer is not matched to another query; otherwise it is kept, because some servers accept a
 * single client and some home their mount when a client disconnects. `learnt`: the earlier result,
 * reused if the server still gives the same answers. `attempts` receives a line per query. Throws
 * `unavailable`.
 */
export async function recognise(
  connect: () => Promise<Connection>,
  timings: RecogniseTimings,
  learnt?: Learnt,
  attempts: string[] = [],
): Promise<{ connection: Connection; learnt: Learnt }> {
  const prober = new Prober(connect, timings, attempts);
  const isKnown = learnt && learnt.recognition.dialect !== 'hamlib' && (await isSame(prober, learnt));
  const found = isKnown ? learnt : ((await recogniseHamlib(prober)) ?? (await recognisePlain(prober)));
  return { connection: await prober.connection(), learnt: found };
}

async function recogniseHamlib(prober: Prober): Promise<Learnt | undefined> {
  if (!(await speaksExtended(prober))) return undefined;
  const state = await prober.describe('dump_state', 'hamlib');
  const caps = await prober.describe('dump_caps', 'hamlib');
  const model = decodeModel(linesOf(caps)) ?? 'Hamlib rotator';
  const limits = decodeLimits(linesOf(state));
  return { recognition: { dialect: 'hamlib', model, limits, ...southZeroIn(state) } };
}

async function recognisePlain(prober: Prober): Promise<Learnt> {
  await checkPlain(prober);
  const state = await prober.describe('dump_state', 'plain');
  const info = await prober.describe('get_info', 'plain');
  const model = decodeInfo(linesOf(info)[0] ?? '') ?? 'rotctld (plain)';
  const limits = decodeLimits(linesOf(state));
  const isForeign = state ? isNotHamlib(state) : await answersPositionAtOnce(prober);
  // `D` is never sent to Hamlib, where it is another command.
  const answer = isForeign ? await prober.describe('get_receiver', 'plain') : undefined;
  const { isBirdcage, receiver } = decodeCapabilities(linesOf(answer));
  const recognition: Recognition = {
    dialect: isBirdcage ? 'birdcage' : 'plain',
    model,
    limits,
    receiver,
    ...southZeroIn(state),
  };
  return { recognition, state: state && textOf(state) };
}

/** Whether a plain server is still the recognised one. */
async function isSame(prober: Prober, { state }: Learnt): Promise<boolean> {
  try {
    await checkPlain(prober);
  } catch (error) {
    if (error instanceof GarbledReplyError) return false;
    throw error;
  }
  if (state === undefined) return true;
  const now = await prober.describe('dump_state', 'plain');
  return now !== undefined && textOf(now) === state;
}

/** Sends queries to one server, over one connection at a time. */
class Prober {
  readonly timings: RecogniseTimings;
  readonly #connect: () => Promise<Connection>;
  #connection: Connection | undefined;
  /** The longest answer time. */
  #slowestMs = 0;

  readonly #attempts: string[];

  constructor(connect: () => Promise<Connection>, timings: RecogniseTimings, attempts: string[]) {
    this.#connect = connect;
    this.#attempts = attempts;
    this.timings = timings;
  }

  async connection(): Promise<Connection> {
    if (!this.#connection?.open) this.#connection = await this.#connect();
    return this.#connection;
  }

  async ask(command: Command, dialect: Dialect, timeoutMs: number, quietMs?: number): Promise<Reply> {
    const query = encodeCommand(command, dialect).trim();
    try {
      const connection = await this.connection();
      const sentMs = performance.now();
      const reply = await connection.exchange(command, dialect, timeoutMs, quietMs);
      const durationMs = performance.now() - sentMs;
      this.#slowestMs = Math.max(this.#slowestMs, durationMs);
      const code = reply.code === 0 ? 'answered' : `refused with RPRT ${reply.code}`;
      this.#attempts.push(`${query}: ${code} after ${Math.round(durationMs)} ms`);
      return reply;
    } catch (error) {
      this.#attempts.push(`${query}: ${errorMessage(error)}`);
      throw error;
    }
  }

  /** Closes the connection after an invalid answer. */
  hangUp(): void {
    this.#connection?.close();
  }

  /** The answer to a describing query; undefined without one. */
  async describe(name: DescribingCommand, dialect: Dialect): Promise<Reply | undefined> {
    // On a slow line this takes as long as a position query.
    const timeoutMs = Math.max(this.timings.describeMs, 2 * this.#slowestMs);
    try {
      return await this.ask({ name }, dialect, timeoutMs, dialect === 'plain' ? QUIET_MS : undefined);
    } catch (error) {
      if (error instanceof SkyScanError) return undefined;
      throw error;
    }
  }
}

async function speaksExtended(prober: Prober): Promise<boolean> {
  try {
    const command: Command = { name: 'try_extended' };
    const { code, lines } = await prober.ask(command, 'plain', prober.timings.extendedMs, QUIET_MS);
    if (!isExtended(lines)) return false;
    // A refusal in the extended form proves the dialect too. An answer must be a position.
    if (code === 0) decodePosition('hamlib', lines.slice(1));
    return true;
  } catch (error) {
    if (errorKind(error) !== 'unavailable') throw error;
    return false;
  }
}

async function checkPlain(prober: Prober, timeoutMs = prober.timings.commandMs): Promise<void> {
  const reply = await prober.ask({ name: 'get_pos' }, 'plain', timeoutMs);
  try {
    if (reply.code === 0) decodePosition('plain', reply.lines);
  } catch (error) {
    prober.hangUp();
    throw error;
  }
}

/**
 * Hamlib may not answer `\dump_state` while it waits for its controller. A server that answers a
 * position query at once does not wait, so it is not Hamlib.
 */
async function answersPositionAtOnce(prober: Prober): Promise<boolean> {
  try {
    await checkPlain(prober, prober.timings.describeMs);
    return true;
  } catch (error) {
    if (errorKind(error) === 'unavailable') return false;
    throw error;
  }
}

function southZeroIn(state: Reply | undefined): Pick<Recognition, 'southZero'> {
  return hasSouthZero(linesOf(state)) ? { southZero: true } : {};
}

function linesOf(reply: Reply | undefined): string[] {
  return reply?.code === 0 ? reply.lines : [];
}

function textOf({ code, lines }: Reply): string {
  return [code, ...lines].join('\n');
}

type DescribingCommand = Extract<Command['name'], 'dump_state' | 'dump_caps' | 'get_info' | 'get_receiver'>;

// Hamlib before 4.0 has no end mark after its state, and other servers answer `+p` in any form:
// silence ends the answer.
const QUIET_MS = 200;
