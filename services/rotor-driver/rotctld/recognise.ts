import { errorKind, SkyScanError } from '#shared/errors';
import type { TravelLimits } from '#shared/pointing';
import { decodeCapabilities, isNotHamlib, type OwnReceiver } from './birdcage.ts';
import {
  decodeLimits,
  decodeModel,
  decodePosition,
  printable,
  type Command,
  type Dialect,
  type Reply,
} from './codec.ts';
import type { Connection } from './connection.ts';

/** Who a rotctld is. */
export interface Recognition {
  dialect: Dialect;
  model: string;
  /** The travel that it reports; absent when it does not say. */
  limits?: TravelLimits | undefined;
  /** Absent: it cannot measure. */
  receiver?: OwnReceiver | undefined;
}

/** Waits in recognition, milliseconds. */
export interface RecogniseTimings {
  /** For an answer to `+p`: a plain server may never give one; a GS-232B whose controller is dead refuses after 1.8 s. */
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

/**
 * Finds out which dialect a server speaks and what it says of itself; `connect` opens connections to it. Questions that it may
 * not know are asked on connections of their own, so that a late answer finds nobody. Throws `unavailable`.
 */
export async function recognise(
  connect: () => Promise<Connection>,
  timings: RecogniseTimings,
): Promise<{ connection: Connection; recognition: Recognition }> {
  const first = await connect();
  if (await speaksExtended(first, timings)) {
    const state = await ask(first, 'dump_state', 'hamlib', timings.describeMs);
    const caps = await ask(first, 'dump_caps', 'hamlib', timings.describeMs);
    const connection = first.open ? first : await connect();
    const model = decodeModel(linesOf(caps)) ?? 'Hamlib rotator';
    return { connection, recognition: { dialect: 'hamlib', model, limits: decodeLimits(linesOf(state)) } };
  }
  first.close();
  const connection = await connect();
  await provePlain(connection, timings.commandMs);
  const state = await askApart(connect, 'dump_state', timings.describeMs);
  const info = await askApart(connect, 'get_info', timings.describeMs);
  const model = printable(linesOf(info)[0] ?? '') || 'rotctld (plain)';
  const limits = decodeLimits(linesOf(state));
  const stranger = state ? isNotHamlib(state) : await answersAtOnce(connection, timings.describeMs);
  // `D` only goes to a server that is not Hamlib, where it is something else.
  const answer = stranger ? await askApart(connect, 'get_receiver', timings.describeMs) : undefined;
  const { isBirdcage, receiver } = decodeCapabilities(linesOf(answer));
  const dialect = isBirdcage ? 'birdcage' : 'plain';
  const last = connection.open ? connection : await connect();
  return { connection: last, recognition: { dialect, model, limits, receiver } };
}

async function speaksExtended(connection: Connection, timings: RecogniseTimings): Promise<boolean> {
  try {
    await connection.exchange({ name: 'get_pos' }, 'hamlib', timings.extendedMs);
    return true; // a refusal in the extended form is an extended form
  } catch (error) {
    if (errorKind(error) === 'unavailable') return false;
    throw error;
  }
}

async function provePlain(connection: Connection, timeoutMs: number): Promise<void> {
  const reply = await connection.exchange({ name: 'get_pos' }, 'plain', timeoutMs);
  try {
    if (reply.code === 0) decodePosition('plain', reply.lines);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Silence after `\dump_state` may come from a Hamlib that waits for its controller. One that answers a position query at once does
 * not wait, and would have answered: this is not Hamlib.
 */
async function answersAtOnce(connection: Connection, timeoutMs: number): Promise<boolean> {
  try {
    await provePlain(connection, timeoutMs);
    return true;
  } catch (error) {
    if (errorKind(error) === 'unavailable') return false;
    throw error;
  }
}

async function ask(
  connection: Connection,
  name: DescribingCommand,
  dialect: Dialect,
  timeoutMs: number,
): Promise<Reply | undefined> {
  if (!connection.open) return undefined;
  try {
    const quietMs = dialect === 'plain' ? QUIET_MS : undefined;
    return await connection.exchange({ name }, dialect, timeoutMs, quietMs);
  } catch (error) {
    if (error instanceof SkyScanError) return undefined; // it does not say
    throw error;
  }
}

async function askApart(
  connect: () => Promise<Connection>,
  name: DescribingCommand,
  timeoutMs: number,
): Promise<Reply | undefined> {
  const connection = await connect().catch(() => undefined);
  if (!connection) return undefined;
  try {
    return await ask(connection, name, 'plain', timeoutMs);
  } finally {
    connection.close();
  }
}

function linesOf(reply: Reply | undefined): string[] {
  return reply?.code === 0 ? reply.lines : [];
}

type DescribingCommand = Extract<Command['name'], 'dump_state' | 'dump_caps' | 'get_info' | 'get_receiver'>;

// Daemons before 4.0 end their state without a mark: silence ends it.
const QUIET_MS = 200;
