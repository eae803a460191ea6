import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { SkyScanError, errorMessage } from '#shared/base/errors';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Keeps other launchers out of the folder. A LevelDB store holds a kernel file lock, which is
 * released when the process ends for whatever reason; a file with a process id is not. The store
 * holds no data, so a damaged one is created again. Throws `busy`.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, 'lock');
  const first = await tryLock(path);
  const problem = 'code' in first && first.code !== LOCKED ? await retry(path) : first;
  if (!('code' in problem)) return problem;
  if (problem.code === LOCKED)
    throw new SkyScanError(
      'busy',
      `DATA_DIR ${folder} is in use by another launcher: stop it, or set DATA_DIR`,
    );
  throw new SkyScanError('unavailable', `DATA_DIR ${folder} cannot be used: ${problem.reason}`);
}

const LOCKED = 'LEVEL_LOCKED';

interface Problem {
  code: unknown;
  reason: string;
}

async function tryLock(path: string): Promise<FolderLock | Problem> {
  const store = new ClassicLevel(path);
  try {
    await store.open();
    return { release: () => store.close() };
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown } };
    return { code: cause?.code, reason: errorMessage(cause instanceof Error ? cause : error) };
  }
}

/** Deletes the files of the store except the lock, which another launcher may hold by now. */
async function retry(path: string): Promise<FolderLock | Problem> {
  try {
    for (const name of readdirSync(path))
      if (name !== 'LOCK') rmSync(join(path, name), { recursive: true, force: true });
  } catch (error) {
    return { code: undefined, reason: errorMessage(error) };
  }
  return tryLock(path);
}
