import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { SkyScanError, errorMessage } from '#shared/base/errors';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Keeps other launchers out of the folder. A LevelDB store has one file lock of the kernel, which
 * ends with the process, whatever ends it; a file with a process id in it does neither. A store
 * that a power cut has damaged holds no data and is made again. Throws `busy`.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, 'lock');
  const first = await tryLock(path);
  const problem = 'code' in first && first.code !== LOCKED ? await retry(path) : first;
  if (!('code' in problem)) return problem;
  if (problem.code === LOCKED)
    throw new SkyScanError(
      'busy',
      `DATA_DIR ${folder} is in use by another launcher: end that one, or set DATA_DIR`,
    );
  throw new SkyScanError('unavailable', `DATA_DIR ${folder} cannot be used: ${problem.why}`);
}

const LOCKED = 'LEVEL_LOCKED';

interface Problem {
  code: unknown;
  why: string;
}

async function tryLock(path: string): Promise<FolderLock | Problem> {
  const store = new ClassicLevel(path);
  try {
    await store.open();
    return { release: () => store.close() };
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown } };
    return { code: cause?.code, why: errorMessage(cause instanceof Error ? cause : error) };
  }
}

/** Without its files but for the lock itself, which another launcher may have taken meanwhile. */
async function retry(path: string): Promise<FolderLock | Problem> {
  try {
    for (const name of readdirSync(path))
      if (name !== 'LOCK') rmSync(join(path, name), { recursive: true, force: true });
  } catch (error) {
    return { code: undefined, why: errorMessage(error) };
  }
  return tryLock(path);
}
