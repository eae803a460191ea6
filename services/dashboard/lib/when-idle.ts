const MAX_DELAY_MS = 500;

/**
 * Calls `callback` when the browser is idle, after 500 ms at the latest. Returns a function that
 * cancels it.
 */
export function whenIdle(callback: () => void): () => void {
  // Safari lacks requestIdleCallback.
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(callback, MAX_DELAY_MS);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(callback, { timeout: MAX_DELAY_MS });
  return () => cancelIdleCallback(handle);
}
