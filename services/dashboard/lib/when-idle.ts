const LONGEST_MS = 500;

/** Calls when the page has drawn what it had to, soon at the latest. Returns what calls it off. */
export function whenIdle(callback: () => void): () => void {
  // Safari has none.
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(callback, LONGEST_MS);
    return () => clearTimeout(timer);
  }
  const number = requestIdleCallback(callback, { timeout: LONGEST_MS });
  return () => cancelIdleCallback(number);
}
