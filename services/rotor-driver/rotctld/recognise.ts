import { errorKind, SkyScanError } from '#shared/errors';
import type { TravelLimits } from '#shared/pointing';
import { decodeLimits, decodeModel, decodePosition, printable, type Command, type Dialect } from './codec.ts';
import type { Connection } from './connection.ts';

/** Who a rotctld is. */
export interface Recognition {
  dialect: Dialect;
  model: string;
  /** The travel that it reports; absent when it does not say. */
  limits?: TravelLimits | undefined;
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

export const RECOGNISE_TIMINGS: RecogniseTimings = { extendedMs: 2_500, describeMs: 1_500, commandMs: 5_000 };

/**
 * Finds out which dialect a server speaks and what it says of itself; `connect` opens connections to it. Questions that it may
 * not know are asked on connections of their own, so that a late answer finds nobody. Throws `unavailable`.
 */
export async function recognise(
  connect: () => Promise<Connection>,
  timings = RECOGNISE_TIMINGS,
): Promise<{ connection: Connection; recognition: Recognition }> {
  const first = await connect();
  if (await speaksExtended(first, timings)) {
    const state = await ask(first, 'dump_state', 'hamlib', timings.describeMs);
    const caps = await ask(first, 'dump_caps', 'hamlib', timings.describeMs);
    const connection = first.open ? first : await connect();
    const model = decodeModel(caps) ?? 'Hamlib rotator';
    return { connection, recognition: { dialect: 'hamlib', model, limits: decodeLimits(state) } };
  }
  first.close();
  const connection = await connect();
  await provePlain(connection, timings);
  const state = await askApart(connect, 'dump_state', timings.describeMs);
  const info = await askApart(connect, 'get_info', timings.describeMs);
  const model = printable(info[0] ?? '') || 'rotctld (plain)';
  return { connection, recognition: { dialect: 'plain', model, limits: decodeLimits(state) } };
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

async function provePlain(connection: Connection, timings: RecogniseTimings): Promise<void> {
  const reply = await connection.exchange({ name: 'get_pos' }, 'plain', timings.commandMs);
  try {
    if (reply.code === 0) decodePosition('plain', reply.lines);
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function ask(
  connection: Connection,
  name: DescribingCommand,
  dialect: Dialect,
  timeoutMs: number,
): Promise<string[]> {
  if (!connection.open) return [];
  try {
    const reply = await connection.exchange(
      { name },
      dialect,
      timeoutMs,
      dialect === 'plain' ? QUIET_MS : undefined,
    );
    return reply.code === 0 ? reply.lines : [];
  } catch (error) {
    if (error instanceof SkyScanError) return []; // it does not say
    throw error;
  }
}

async function askApart(
  connect: () => Promise<Connection>,
  name: DescribingCommand,
  timeoutMs: number,
): Promise<string[]> {
  const connection = await connect().catch(() => undefined);
  if (!connection) return [];
  try {
    return await ask(connection, name, 'plain', timeoutMs);
  } finally {
    connection.close();
  }
}

type DescribingCommand = Extract<Command['name'], 'dump_state' | 'dump_caps' | 'get_info'>;

// Daemons before 4.0 end their state without a mark: silence ends it.
const QUIET_MS = 200;
