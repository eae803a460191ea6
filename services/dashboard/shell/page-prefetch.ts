import { parseHash } from '../lib/hash-location.ts';
import { loadPage } from '../lib/loaded-pages.ts';
import { pageAt } from '../routes.ts';

/**
 * Loads the script of a page when the pointer or the focus reaches a link to it. Returns a function
 * that stops this.
 */
export function prefetchLinkedPages(root: HTMLElement): () => void {
  const ending = new AbortController();
  const prefetch = ({ target }: Event) => {
    const link = target instanceof Element ? target.closest('a[href^="#/"]') : null;
    const page = link && pageAt(parseHash(link.getAttribute('href') ?? '').path);
    // The page itself reports the error.
    if (page) loadPage(page).catch(() => undefined);
  };
  for (const type of ['pointerover', 'focusin'])
    root.addEventListener(type, prefetch, { signal: ending.signal, passive: true });
  return () => ending.abort();
}
