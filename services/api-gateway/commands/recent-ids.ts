const CAPACITY = 1_000;

/** The ids of the last commands. */
export interface RecentIds {
  /** False: it has the id already. */
  add(id: string): boolean;
}

export function createRecentIds(capacity = CAPACITY): RecentIds {
  const ids = new Set<string>();
  return {
    add(id) {
      if (ids.has(id)) return false;
      const [oldest] = ids;
      if (ids.size >= capacity && oldest !== undefined) ids.delete(oldest);
      ids.add(id);
      return true;
    },
  };
}
