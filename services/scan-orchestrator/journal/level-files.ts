import { linkSync, mkdirSync, mkdtempSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { renameDurablySync } from '#shared/runtime/durable-file';

const DATA_FILE = /^(\d+\.(log|ldb|sst)|MANIFEST-\d+)$/;
// A new log, a new manifest and the table of what is in the log.
const SPARE_BYTES = 1 << 20;

/**
 * Files of a LevelDB without `CURRENT`: LevelDB would take the folder for empty and delete them.
 */
export function isHeadless(folder: string): boolean {
  const names = readdirSync(folder);
  return !names.includes('CURRENT') && names.some((name) => DATA_FILE.test(name));
}

/** Keeps the files as they are in a folder beside; its path. Hard links: that needs no room. */
export function keepCopy(folder: string): string {
  const copy = mkdtempSync(`${folder}-damaged-`);
  for (const name of readdirSync(folder))
    if (name !== 'LOCK' && name !== 'lost') linkSync(join(folder, name), join(copy, name));
  return copy;
}

/** Moves the files away and leaves an empty folder; the path of where they are now. */
export function moveAway(folder: string): string {
  const place = join(mkdtempSync(`${folder}-damaged-`), basename(folder));
  renameDurablySync(folder, place);
  mkdirSync(folder);
  return place;
}

/** Whether the disk has the room that LevelDB needs to open. */
export function hasRoomToOpen(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
  const bytes = logs.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return bavail * bsize > bytes + SPARE_BYTES;
}
