import type { Api } from './api.ts';
import type { KeyHolder } from './identity.svelte.ts';
import { pageBase } from './paths.ts';

/**
 * Has the browser save what is at a path of the API. Without a key it is a link like any other and
 * goes to the disk as it comes; with one it has to pass through here. Throws `ApiError`.
 */
export async function download(api: Api, key: KeyHolder, path: string, name: string): Promise<void> {
  if (key.key === undefined) {
    // Asked first, so that a refusal is told here and not saved as a file.
    await api.fetch(path, { method: 'HEAD' });
    save(pageBase() + path, name);
    return;
  }
  const blob = await (await api.fetch(path)).blob();
  const url = URL.createObjectURL(blob);
  save(url, name);
  // The browser has its own hold on it once the download has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
