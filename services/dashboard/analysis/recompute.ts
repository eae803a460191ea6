/**
 * Returns `compute()`. Passing `_dependency` makes the calling effect or derived value depend on
 * it: the data of a live session is not reactive, a change counter tells when it has changed.
 */
export function recomputeOn<T>(_dependency: unknown, compute: () => T): T {
  return compute();
}
