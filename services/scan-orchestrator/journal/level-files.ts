import { linkSync, mkdirSync, mkdtempSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { renameDurablySync } from '#shared/runtime/durable-file';

const DATA_FILE = /^(\d+\.(log|ldb|sst)|MANIFEST-\d+)$/;
// Space for a new log, a new manifest and the table written from the log.
const SPARE_BYTES = 1 << 20;

/** Whether `CURRENT` is missing: LevelDB would treat the folder as empty and delete the files. */
export function isHeadless(folder: string): boolean {
  const names = readdirSync(folder);
  return !names.includes('CURRENT') && names.some((name) => DATA_FILE.test(name));
}

/**
 * Copies the files to a new folder beside this one by hard links, which need no space; returns its
 * path.
 */
export function keepCopy(folder: string): string {
  const copy = mkdtempSync(`${folder}-damaged-`);
  for (const name of readdirSync(folder))
    if (name !== 'LOCK' && name !== 'lost') linkSync(join(folder, name), join(copy, name));
  return copy;
}

/** Moves the files away and leaves an empty folder; returns their new path. */
export function moveAway(folder: string): string {
  const place = join(mkdtempSync(`${folder}-damaged-`), basename(folder));
  renameDurablySync(folder, place);
  mkdirSync(folder);
  return place;
}

/** Whether the disk has enough space for LevelDB to open. */
export function hasRoomToOpen(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
  const bytes = logs.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return bavail * bsize > bytes + SPARE_BYTES;
}
