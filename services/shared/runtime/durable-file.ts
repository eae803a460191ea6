import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Mutex } from 'async-mutex';

// Without a sync, a rename may reach the disk before the file's content: after a power cut the file
// would be empty.

/**
 * Replaces a file. After a power cut it has either the old content or the new one; after the call
 * has returned, the new one.
 */
export function replaceFileSync(path: string, text: string, mode = 0o666): void {
  const draft = draftOf(path);
  const file = openSync(draft, 'w', mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameDurablySync(draft, path);
}

/** `replaceFileSync` without blocking the event loop. One call at a time for each path. */
export async function replaceFile(path: string, text: string, mode = 0o666): Promise<void> {
  const draft = draftOf(path);
  const file = await open(draft, 'w', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/**
 * Renames a file whose content has been synced; the new name survives a power cut after the call
 * has returned.
 */
export function renameDurablySync(from: string, to: string): void {
  renameSync(from, to);
  syncFolderSync(dirname(to));
}

/** Creates a folder and its parents; they survive a power cut after the call has returned. */
export function makeFolderSync(path: string, mode = 0o777): void {
  const target = resolve(path);
  const first = mkdirSync(target, { recursive: true, mode });
  if (first === undefined) return;
  for (let made = target; made.length >= first.length; made = dirname(made)) syncFolderSync(dirname(made));
}

/** Flushes the directory entries of a folder. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

export interface LatestFile {
  /** Writes the text in the background; a newer text replaces a waiting one. */
  save(text: string): void;
  /** Resolves when the last saved text is on disk or could not be written. */
  saved(): Promise<void>;
}

/**
 * A file of which only the latest content matters. `onError` receives write errors; the next `save`
 * tries again.
 */
export function createLatestFile(path: string, onError: (error: unknown) => void): LatestFile {
  const writes = new Mutex();
  let waiting: string | undefined;
  let last = Promise.resolve();

  async function write(): Promise<void> {
    const text = waiting;
    if (text === undefined) return;
    waiting = undefined;
    try {
      makeFolderSync(dirname(path));
      await replaceFile(path, text);
    } catch (error) {
      onError(error);
    }
  }

  return {
    save(text) {
      waiting = text;
      last = writes.runExclusive(write);
    },
    saved: () => last,
  };
}

function syncFolderSync(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function draftOf(path: string): string {
  return `${path}.draft`;
}
