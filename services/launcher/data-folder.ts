import { accessSync, chmodSync, constants, realpathSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolderSync } from '#shared/runtime/durable-file';
import { SkyScanError, errorMessage } from '#shared/base/errors';

// A new database takes about 60 MB; with less than this the first scan would soon fill the disk.
const MIN_FREE_MB = 150;
const PRIVATE = ['logs', 'rotor-driver', 'scan-orchestrator'];

/**
 * Creates DATA_DIR with its private folders and checks the free space. The error message names the
 * variable.
 */
export function prepareDataFolder(path: string): string {
  try {
    makeFolderSync(path, 0o750);
    for (const name of PRIVATE) {
      makeFolderSync(join(path, name), 0o750);
      chmodSync(join(path, name), 0o750);
    }
    accessSync(path, constants.W_OK | constants.X_OK);
    // PostgreSQL then runs as another user, which must reach its own folder.
    if (process.getuid?.() === 0) chmodSync(path, (statSync(path).mode & 0o777) | 0o011);
  } catch (error) {
    throw new SkyScanError('unavailable', `DATA_DIR ${path} cannot be written: ${errorMessage(error)}`, {
      cause: error,
    });
  }
  const { bavail, bsize } = statfsSync(path);
  const freeMb = Math.floor((bavail * bsize) / 1e6);
  if (freeMb < MIN_FREE_MB)
    throw new SkyScanError(
      'no_room',
      `DATA_DIR ${path} is on a disk with ${freeMb} MB free, and Sky Scan needs at least ${MIN_FREE_MB} MB: free some space, or set DATA_DIR`,
    );
  return realpathSync(path);
}
