import { afterEach, expect, test, vi } from 'vitest';
import { documentLoaded } from './document-loaded.ts';

afterEach(() => vi.unstubAllGlobals());

/** A document that still loads; `link`: its style sheet. */
function loadingDocument(link: EventTarget | null) {
  const page = Object.assign(new EventTarget(), { readyState: 'loading', querySelector: () => link });
  vi.stubGlobal('document', page);
  return page;
}

test('waits for the document and its style sheet, also for one that cannot be loaded', async () => {
  for (const result of ['load', 'error']) {
    const link = Object.assign(new EventTarget(), { sheet: null });
    const page = loadingDocument(link);
    let loaded = false;
    const wait = documentLoaded().then(() => (loaded = true));
    page.dispatchEvent(new Event('DOMContentLoaded'));
    await Promise.resolve();
    await Promise.resolve();
    expect(loaded).toBe(false);
    link.dispatchEvent(new Event(result));
    await wait;
  }
});

test('does not wait for a style sheet that is loaded, or for styles in the document', async () => {
  for (const link of [Object.assign(new EventTarget(), { sheet: {} }), null]) {
    const page = loadingDocument(link);
    page.readyState = 'interactive';
    await documentLoaded();
  }
});
