import { Mutex } from 'async-mutex';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '#shared/runtime/durable-file';
import { SkyScanError } from '#shared/base/errors';
import type { FencingTokenStore } from '../motion/rotor-parts.ts';

/**
 * Stores the last token in `path`. Starts from the larger of the file and the Unix time in seconds:
 * leases are acquired less than once a second on average, so the clock is ahead of any token that a
 * lost or damaged file may have held.
 */
export async function openFencingTokenStore(
  path: string,
  unixMs: () => number = Date.now,
): Promise<FencingTokenStore> {
  await mkdir(dirname(path), { recursive: true });
  let last = Math.max(await readToken(path), Math.floor(unixMs() / 1000));
  const writes = new Mutex();
  return {
    next: () =>
      writes.runExclusive(async () => {
        const token = last + 1;
        await writeToken(path, token);
        return (last = token);
      }),
  };
}

async function readToken(path: string): Promise<number> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    const value = /^\d{1,15}$/.test(text) ? Number(text) : 0;
    return Number.isSafeInteger(value) ? value : 0;
  } catch {
    return 0;
  }
}

async function writeToken(path: string, value: number): Promise<void> {
  try {
    await replaceFile(path, `${value}\n`);
  } catch (error) {
    throw new SkyScanError('no_room', 'the fencing token cannot be written to DATA_DIR', { cause: error });
  }
}
