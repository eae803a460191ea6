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

/** Waits in recognition, milliseconds. */
export interface RecogniseTimings {
  /**
   * For an answer to `+p`: a plain server may never give one; a GS-232B whose controller is dead
   * refuses after 1.8 s.
   */
  extendedMs: number;
  /** For descriptions, which concern no hardware. */
  describeMs: number;
  /** For an ordinary command. */
  commandMs: number;
}

/** Waits for a server whose commands may take `commandMs`. */
export function recogniseTimingsFor(commandMs: number): RecogniseTimings {
  return { extendedMs: Math.max(2_500, commandMs / 2), describeMs: 1_500, commandMs };
}

/** What is kept of a server for the next connection to it. */
export interface Learnt {
  recognition: Recognition;
  /**
   * What it said of its state; undefined: nothing. A server that says something else now is another
   * one.
   */
  state?: string | undefined;
}

/**
 * Finds out which dialect a server speaks and what it says of itself. `connect` gives a connection
 * to it; the one before it is closed then. A connection on which a question brought silence or
 * nonsense is given up, so that a late answer finds nobody; all others are kept, because some
 * servers take one client at a time and some home their mount when a client leaves. `learnt`: what
 * was found out earlier; a server that still answers so is not asked again. `attempts` gets a line
 * for every question. Throws `unavailable`.
 */
export async function recognise(
  connect: () => Promise<Connection>,
  timings: RecogniseTimings,
  learnt?: Learnt,
  attempts: string[] = [],
): Promise<{ connection: Connection; learnt: Learnt }> {
  const interview = new Interview(connect, timings, attempts);
  const again = learnt && learnt.recognition.dialect !== 'hamlib' && (await isSame(interview, learnt));
  const found = again ? learnt : ((await recogniseHamlib(interview)) ?? (await recognisePlain(interview)));
  return { connection: await interview.connection(), learnt: found };
}

async function recogniseHamlib(interview: Interview): Promise<Learnt | undefined> {
  if (!(await speaksExtended(interview))) return undefined;
  const state = await interview.describe('dump_state', 'hamlib');
  const caps = await interview.describe('dump_caps', 'hamlib');
  const model = decodeModel(linesOf(caps)) ?? 'Hamlib rotator';
  const limits = decodeLimits(linesOf(state));
  return { recognition: { dialect: 'hamlib', model, limits, ...southZeroIn(state) } };
}

async function recognisePlain(interview: Interview): Promise<Learnt> {
  await provePlain(interview);
  const state = await interview.describe('dump_state', 'plain');
  const info = await interview.describe('get_info', 'plain');
  const model = decodeInfo(linesOf(info)[0] ?? '') ?? 'rotctld (plain)';
  const limits = decodeLimits(linesOf(state));
  const stranger = state ? isNotHamlib(state) : await answersAtOnce(interview);
  // `D` only goes to a server that is not Hamlib, where it is something else.
  const answer = stranger ? await interview.describe('get_receiver', 'plain') : undefined;
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

/** Whether a server that speaks plainly is still the one that was recognised. */
async function isSame(interview: Interview, { state }: Learnt): Promise<boolean> {
  try {
    await provePlain(interview);
  } catch (error) {
    if (error instanceof GarbledReplyError) return false;
    throw error;
  }
  if (state === undefined) return true;
  const now = await interview.describe('dump_state', 'plain');
  return now !== undefined && textOf(now) === state;
}

/** Questions to one server, over one connection at a time. */
class Interview {
  readonly timings: RecogniseTimings;
  readonly #connect: () => Promise<Connection>;
  #connection: Connection | undefined;
  /** The longest time that an answer took. */
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
    const question = encodeCommand(command, dialect).trim();
    try {
      const connection = await this.connection();
      const sentMs = performance.now();
      const reply = await connection.exchange(command, dialect, timeoutMs, quietMs);
      const tookMs = performance.now() - sentMs;
      this.#slowestMs = Math.max(this.#slowestMs, tookMs);
      const code = reply.code === 0 ? 'answered' : `refused with RPRT ${reply.code}`;
      this.#attempts.push(`${question}: ${code} after ${Math.round(tookMs)} ms`);
      return reply;
    } catch (error) {
      this.#attempts.push(`${question}: ${errorMessage(error)}`);
      throw error;
    }
  }

  /** Gives the connection up: it can no longer be trusted. */
  hangUp(): void {
    this.#connection?.close();
  }

  /** What the server says of itself; undefined: nothing. */
  async describe(name: DescribingCommand, dialect: Dialect): Promise<Reply | undefined> {
    // On a slow line this takes as long as a position did.
    const timeoutMs = Math.max(this.timings.describeMs, 2 * this.#slowestMs);
    try {
      return await this.ask({ name }, dialect, timeoutMs, dialect === 'plain' ? QUIET_MS : undefined);
    } catch (error) {
      if (error instanceof SkyScanError) return undefined; // it does not say
      throw error;
    }
  }
}

async function speaksExtended(interview: Interview): Promise<boolean> {
  try {
    const command: Command = { name: 'try_extended' };
    const { code, lines } = await interview.ask(command, 'plain', interview.timings.extendedMs, QUIET_MS);
    if (!isExtended(lines)) return false;
    // A refusal in the extended form is an extended form. An answer has to be a position.
    if (code === 0) decodePosition('hamlib', lines.slice(1));
    return true;
  } catch (error) {
    if (errorKind(error) !== 'unavailable') throw error;
    return false;
  }
}

async function provePlain(interview: Interview, timeoutMs = interview.timings.commandMs): Promise<void> {
  const reply = await interview.ask({ name: 'get_pos' }, 'plain', timeoutMs);
  try {
    if (reply.code === 0) decodePosition('plain', reply.lines);
  } catch (error) {
    interview.hangUp();
    throw error;
  }
}

/**
 * Silence after `\dump_state` may come from a Hamlib that waits for its controller. One that
 * answers a position query at once does not wait, and would have answered: this is not Hamlib.
 */
async function answersAtOnce(interview: Interview): Promise<boolean> {
  try {
    await provePlain(interview, interview.timings.describeMs);
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

// Daemons before 4.0 end their state without a mark, and a stranger ends its answer to `+p` as it
// likes: silence ends it.
const QUIET_MS = 200;
