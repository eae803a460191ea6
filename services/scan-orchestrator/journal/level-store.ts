import { Mutex } from 'async-mutex';
import { mkdirSync } from 'node:fs';
import { ClassicLevel } from 'classic-level';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { checkedJson } from './checked-json.ts';
import { hasRoomToOpen, isHeadless, keepCopy, moveAway } from './level-files.ts';

export type Level = ClassicLevel<string, unknown>;

/** A LevelDB that outlives a full disk and heals what a damaged one has left. */
export interface LevelStore {
  /** The database now; it is another one after a write has failed. */
  readonly level: Level;
  /** One write at a time. Throws `no_room` in words when it fails. */
  write(work: (level: Level) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the files in `folder`. What is torn at the end is dropped; damage is repaired as far as it
 * goes, and the files as they were are kept in a folder beside. Throws `unavailable` in one
 * sentence: in use, no room, not allowed.
 */
export async function openLevelStore(folder: string, logger: Logger): Promise<LevelStore> {
  mkdirSync(folder, { recursive: true });
  let level = await openOrRepair(folder, logger);
  let failed = false;
  const writes = new Mutex();

  // After a write that failed half way LevelDB appends to a log that it cannot read any more:
  // measured on a full disk, 400 of 400 points that it had acknowledged afterwards were gone with
  // the next kill -9. A new life begins with a new log.
  async function reopen(): Promise<void> {
    if (!hasRoomToOpen(folder)) throw new SkyScanError('no_room', 'no room for the journal on its disk');
    await level.close();
    level = await open(folder);
    failed = false;
    logger.info('the journal can be written again');
  }

  return {
    get level() {
      return level;
    },
    write: (work) =>
      writes.runExclusive(async () => {
        try {
          if (failed) await reopen();
          await work(level);
        } catch (error) {
          failed = true;
          throw writeError(error);
        }
      }),
    close: () => writes.runExclusive(() => level.close()),
  };
}

async function openOrRepair(folder: string, logger: Logger): Promise<Level> {
  let damage = isHeadless(folder) ? 'CURRENT is missing' : undefined;
  if (damage === undefined)
    try {
      return await readable(await open(folder));
    } catch (error) {
      damage = damageOf(error);
      if (damage === undefined) throw openError(folder, error);
    }
  try {
    const copy = keepCopy(folder);
    logger.error({ damage, copy }, 'the journal is damaged; repairing it');
    await ClassicLevel.repair(folder);
    return await readable(await open(folder));
  } catch (error) {
    if (damageOf(error) === undefined && !isHeadless(folder)) throw openError(folder, error);
    const place = moveAway(folder);
    logger.error(
      { damage: errorMessage(error), place },
      'the journal cannot be repaired; beginning a new one',
    );
    return open(folder);
  }
}

async function open(folder: string): Promise<Level> {
  // sync writes: a power cut after the call has returned loses nothing.
  const level = new ClassicLevel<string, unknown>(folder, { valueEncoding: checkedJson });
  await level.open();
  return level;
}

/** Throws when a table cannot be read. */
async function readable(level: Level): Promise<Level> {
  try {
    for await (const _key of level.keys());
    return level;
  } catch (error) {
    await level.close();
    throw error;
  }
}

/** What is damaged, in LevelDB's words; undefined when something else is wrong. */
function damageOf(error: unknown): string | undefined {
  const cause = causeOf(error);
  const code = (cause as { code?: unknown }).code;
  const message = errorMessage(cause);
  if (code === 'LEVEL_CORRUPTION' || /Corruption|No such file|Invalid argument/.test(message)) return message;
  return undefined;
}

function causeOf(error: unknown): object {
  if (error instanceof Error && error.cause instanceof Error) return error.cause;
  return error instanceof Error ? error : new Error(String(error));
}

function openError(folder: string, error: unknown): SkyScanError {
  const why = errorMessage(causeOf(error));
  return new SkyScanError('unavailable', `the journal in ${folder} cannot be opened: ${why}`, {
    cause: error,
  });
}

function writeError(error: unknown): SkyScanError {
  if (error instanceof SkyScanError) return error;
  const why = errorMessage(causeOf(error)).replace(/^IO error: \S+: /, '');
  return new SkyScanError('no_room', `the journal cannot be written: ${why}`, { cause: error });
}
