/**
 * Computes a value; whoever reads `_tick` to pass it computes again when that changes. What a live
 * session holds is no state of Svelte's: a tick tells that it has changed.
 */
export function fresh<T>(_tick: unknown, compute: () => T): T {
  return compute();
}
