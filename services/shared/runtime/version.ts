import { readFileSync } from 'node:fs';

/**
 * Version of the package, from the nearest package.json in a parent folder (the same for sources
 * and dist).
 */
export const VERSION = findVersion(new URL('.', import.meta.url));

function findVersion(folder: URL): string {
  try {
    const { version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
      version: string;
    };
    return version;
  } catch {
    const parent = new URL('..', folder);
    return parent.href === folder.href ? 'unknown' : findVersion(parent);
  }
}
