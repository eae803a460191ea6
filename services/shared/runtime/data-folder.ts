import { existsSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, SkyScanError } from '../base/errors.ts';
import { renameDurablySync } from './durable-file.ts';
import type { Logger } from './logger.ts';

/**
 * The folder of a service, `DATA_DIR/<service>`. Versions up to 0.2.0 that were started by the
 * launcher kept their files in `DATA_DIR/<service>/<service>`: they are moved. Call it before the
 * files are opened. Throws `unavailable` if a file cannot be moved.
 */
export function openDataFolder(dataDir: string, service: string, logger: Logger): string {
  const folder = join(dataDir, service);
  const older = join(folder, service);
  if (!existsSync(older)) return folder;
  try {
    const kept = moveEntries(older, folder);
    logger.info({ from: older, to: folder }, 'moved the files of an older version');
    for (const path of kept) logger.warn({ path }, 'not moved: a newer file of this name exists');
  } catch (error) {
    throw new SkyScanError('unavailable', `cannot move ${older} to ${folder}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
  return folder;
}

/** Moves what `to` does not have yet, folder by folder; returns the files that stay. */
function moveEntries(from: string, to: string): string[] {
  const kept: string[] = [];
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (!existsSync(target)) renameDurablySync(source, target);
    else if (isFolder(source) && isFolder(target)) kept.push(...moveEntries(source, target));
    else kept.push(source);
  }
  if (kept.length === 0) rmdirSync(from);
  return kept;
}

function isFolder(path: string): boolean {
  return statSync(path).isDirectory();
}
