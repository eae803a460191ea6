import { existsSync } from 'node:fs';
import { link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '#shared/runtime/durable-file';
import { SkyScanError } from '#shared/base/errors';

/**
 * Writes a file atomically: first to a temporary file beside it. Returns the number of bytes.
 * Throws `invalid` if the file exists and `overwrite` is false, or if the folder is not writable.
 */
export async function writeAtomically(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  overwrite: boolean,
): Promise<number> {
  if (!overwrite && existsSync(path)) throw alreadyExists(path);
  const temporary = `${path}.${process.pid}.part`;
  let bytes = 0;
  // Request first: if the API refuses, no file is created.
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
    // Must not overwrite a file that was created meanwhile.
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
  return new SkyScanError('invalid', `${path} already exists; --force overwrites it`);
}
