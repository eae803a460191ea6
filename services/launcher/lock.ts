import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { SkyScanError, errorMessage } from '#shared/errors';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Keeps other launchers out of the folder. A store of LevelDB is one file lock of the kernel, which nobody can hold twice and
 * which goes with the process, whatever ends it; a file with a process number in it can do neither. Throws `busy`.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const store = new ClassicLevel(join(folder, 'lock'));
  try {
    await store.open();
  } catch (error) {
    const cause = (error as { cause?: { code?: unknown } }).cause ?? {};
    if (cause.code === 'LEVEL_LOCKED')
      throw new SkyScanError(
        'busy',
        `DATA_DIR ${folder} is in use by another launcher: end that one, or set DATA_DIR`,
      );
    const why = errorMessage(cause instanceof Error ? cause : error);
    throw new SkyScanError('unavailable', `DATA_DIR ${folder} cannot be used: ${why}`, { cause: error });
  }
  return { release: () => store.close() };
}
