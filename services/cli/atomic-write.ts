import { existsSync } from 'node:fs';
import { link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '#shared/runtime/durable-file';
import { SkyScanError } from '#shared/base/errors';

/**
 * Writes a file that is there whole or not at all: under another name beside it first. Returns its
 * bytes. Throws `invalid` when there is such a file and `overwrite` is false, or when the folder
 * cannot be written to.
 */
export async function writeAtomically(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  overwrite: boolean,
): Promise<number> {
  if (!overwrite && existsSync(path)) throw alreadyExists(path);
  const temporary = `${path}.${process.pid}.part`;
  let bytes = 0;
  // Asked for before a file is made: what the API refuses leaves nothing behind.
  const iterator = chunks[Symbol.asyncIterator]();
  let next = await iterator.next();
  const file = await open(temporary, 'wx').catch((error: unknown) => refuse(path, error));
  try {
    for (; !next.done; next = await iterator.next()) {
      await file.writeFile(next.value);
      bytes += next.value.length;
    }
    await file.sync();
    if (overwrite) await rename(temporary, path);
    // Never over one that came meanwhile.
    else await link(temporary, path).catch((error: unknown) => refuse(path, error));
    await syncFolder(dirname(path));
  } finally {
    await iterator.return?.();
    await file.close();
    await unlink(temporary).catch(() => undefined);
  }
  return bytes;
}

function refuse(path: string, error: unknown): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') throw alreadyExists(path);
  throw new SkyScanError('invalid', `cannot write ${path}: ${(error as Error).message}`, { cause: error });
}

function alreadyExists(path: string): SkyScanError {
  return new SkyScanError('invalid', `${path} is there already; --force overwrites it`);
}
