import { accessSync, constants, mkdirSync, realpathSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { SkyScanError, errorMessage } from '#shared/errors';

// A new database takes some 60 MB; below this the first scan would only find the disk full later.
const LEAST_FREE_MB = 150;

/** Makes DATA_DIR with its folder for logs and checks that there is room. Throws a sentence that names the variable. */
export function prepareDataFolder(path: string): string {
  try {
    mkdirSync(join(path, 'logs'), { recursive: true, mode: 0o750 });
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new SkyScanError('unavailable', `DATA_DIR ${path} cannot be written: ${errorMessage(error)}`, {
      cause: error,
    });
  }
  const { bavail, bsize } = statfsSync(path);
  const freeMb = Math.floor((bavail * bsize) / 1e6);
  if (freeMb < LEAST_FREE_MB)
    throw new SkyScanError(
      'no_room',
      `DATA_DIR ${path} is on a disk with ${freeMb} MB left, and Sky Scan needs at least ${LEAST_FREE_MB} MB: make room, or set DATA_DIR`,
    );
  return realpathSync(path);
}
