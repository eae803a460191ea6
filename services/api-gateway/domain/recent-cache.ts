/** Values by key; drops those that were not used for longest. */
export interface RecentCache<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

/** @param sizeOf In the unit of `maxSize`, which all values together have at most. */
export function createRecentCache<T>(maxSize: number, sizeOf: (value: T) => number): RecentCache<T> {
  const values = new Map<string, T>();
  let size = 0;

  function remove(key: string): void {
    const value = values.get(key);
    if (value === undefined) return;
    size -= sizeOf(value);
    values.delete(key);
  }

  function set(key: string, value: T): void {
    remove(key);
    values.set(key, value);
    size += sizeOf(value);
    for (const [oldest] of values) {
      if (size <= maxSize) break;
      remove(oldest);
    }
  }

  return {
    get(key) {
      const value = values.get(key);
      // Used last now.
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
  };
}
