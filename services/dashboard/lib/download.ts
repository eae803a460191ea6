import { ApiError } from '#contract/client/api-error';
import type { Api } from './api.ts';
import type { ApiKey } from './api-key.svelte.ts';
import { pageBase } from './paths.ts';

/**
 * Saves a resource of the API as a file. Without a key the browser streams it to disk; with a key
 * the response is fetched first, because a link cannot carry the header. Throws `ApiError`.
 */
export async function download(api: Api, key: ApiKey, path: string, name: string): Promise<void> {
  if (key.value === undefined) {
    // Reports an error here instead of saving the error response. That to HEAD has no reason.
    await api.fetch(path, { method: 'HEAD' }).catch(async (error: unknown) => {
      if (!(error instanceof ApiError) || error.status === 0) throw error;
      await (await api.fetch(path)).body?.cancel();
    });
    save(pageBase() + path, name);
    return;
  }
  saveBlob(await (await api.fetch(path)).blob(), name);
}

/** Saves content as a file. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  save(url, name);
  // By then the browser has opened the blob.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
