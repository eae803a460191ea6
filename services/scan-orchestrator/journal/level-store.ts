import { Mutex } from 'async-mutex';
import { mkdirSync } from 'node:fs';
import { ClassicLevel } from 'classic-level';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { checkedJson } from './checked-json.ts';
import { hasRoomToOpen, isHeadless, keepCopy, moveAway } from './level-files.ts';

export type Level = ClassicLevel<string, unknown>;

/** A LevelDB that survives a full disk and repairs a damaged one. */
export interface LevelStore {
  /** The current database; it is replaced after a failed write. */
  readonly level: Level;
  /** One write at a time. Throws `no_room` when it fails. */
  write(work: (level: Level) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the files in `folder`. Drops an incomplete record at the end of the log; repairs damage as
 * far as possible and keeps a copy of the damaged files. Throws `unavailable`: in use, no space, no
 * permission.
 */
export async function openLevelStore(folder: string, logger: Logger): Promise<LevelStore> {
  mkdirSync(folder, { recursive: true });
  let level = await openOrRepair(folder, logger);
  let failed = false;
  const writes = new Mutex();

  // After a partial write LevelDB appends to a log that it can no longer read: measured on a full
  // disk, all of 400 points acknowledged afterwards were lost with the next kill -9. Reopening
  // starts a new log.
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
      damage = describeDamage(error);
      if (damage === undefined) throw openError(folder, error);
    }
  try {
    const copy = keepCopy(folder);
    logger.error({ damage, copy }, 'the journal is damaged; repairing it');
    await ClassicLevel.repair(folder);
    return await readable(await open(folder));
  } catch (error) {
    if (describeDamage(error) === undefined && !isHeadless(folder)) throw openError(folder, error);
    const place = moveAway(folder);
    logger.error(
      { damage: errorMessage(error), place },
      'the journal cannot be repaired; beginning a new one',
    );
    return open(folder);
  }
}

async function open(folder: string): Promise<Level> {
  // Writes use `sync`: after the call has returned, a power cut loses nothing.
  const level = new ClassicLevel<string, unknown>(folder, { valueEncoding: checkedJson });
  await level.open();
  return level;
}

/** Rejects when a table cannot be read. */
async function readable(level: Level): Promise<Level> {
  try {
    for await (const _key of level.keys());
    return level;
  } catch (error) {
    await level.close();
    throw error;
  }
}

/** LevelDB's description of the damage; undefined for any other error. */
function describeDamage(error: unknown): string | undefined {
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
  const reason = errorMessage(causeOf(error));
  return new SkyScanError('unavailable', `the journal in ${folder} cannot be opened: ${reason}`, {
    cause: error,
  });
}

function writeError(error: unknown): SkyScanError {
  if (error instanceof SkyScanError) return error;
  const reason = errorMessage(causeOf(error)).replace(/^IO error: \S+: /, '');
  return new SkyScanError('no_room', `the journal cannot be written: ${reason}`, { cause: error });
}
