import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files with orbital elements at one moment. */
export interface ElementFiles {
  paths: string[];
  /** Changes with names, sizes and times of the files. */
  fingerprint: string;
}

/** A file, or the files of a folder by name; names that begin with a dot are left out. */
export async function findElementFiles(path: string): Promise<ElementFiles> {
  const isFolder = (await stat(path)).isDirectory();
  const names = isFolder ? (await readdir(path)).filter((name) => !name.startsWith('.')).sort() : [];
  const found = isFolder ? names.map((name) => join(path, name)) : [path];
  const paths: string[] = [];
  const marks: string[] = [];
  for (const each of found) {
    const facts = await stat(each);
    if (!facts.isFile()) continue;
    paths.push(each);
    marks.push(`${each} ${facts.size} ${facts.mtimeMs}`);
  }
  return { paths, fingerprint: marks.join('\n') };
}

/** The contents, one file after the other. */
export function* readFiles({ paths }: ElementFiles): Generator<AsyncIterable<Buffer>> {
  for (const path of paths) yield createReadStream(path) as AsyncIterable<Buffer>;
}
