import { sleep } from '#shared/runtime/waiting';
import type { Queryable } from '../store/queryable.ts';
import { findRotor, type RotorRow } from '../store/rotors.ts';

/** The last known rotors, so that a rotor can be stopped while the database is not available. */
export interface RotorCache {
  set(rotor: RotorRow): void;
  /** Replaces all rotors by those of the database. */
  replace(all: RotorRow[]): void;
  delete(id: number): void;
  /** Calls the listener with the ids of deleted rotors. */
  onDeleted(listener: (id: number) => void): void;
  /**
   * From the database if it answers promptly, else from the cache. Throws `unavailable` if neither
   * has the rotor.
   */
  find(id: number): Promise<RotorRow | undefined>;
}

// A stop must not wait for a hanging database: it has to reach the rotor within 300 ms.
const DATABASE_TIMEOUT_MS = 150;

export function createRotorCache(db: Queryable): RotorCache {
  const rotors = new Map<number, RotorRow>();
  let deletedListener: (id: number) => void = () => undefined;
  function remove(id: number): void {
    rotors.delete(id);
    deletedListener(id);
  }
  return {
    onDeleted(listener) {
      deletedListener = listener;
    },
    set: (rotor) => void rotors.set(rotor.id, rotor),
    replace(all) {
      const ids = new Set(all.map(({ id }) => id));
      for (const id of rotors.keys()) if (!ids.has(id)) remove(id);
      for (const rotor of all) rotors.set(rotor.id, rotor);
    },
    delete: remove,
    async find(id) {
      const cached = rotors.get(id);
      const stored = findRotor(db, id);
      if (!cached) return stored;
      const timeout = new AbortController();
      try {
        return await Promise.race([
          stored.catch(() => cached),
          sleep(DATABASE_TIMEOUT_MS, timeout.signal).then(
            () => cached,
            () => cached,
          ),
        ]);
      } finally {
        timeout.abort();
      }
    },
  };
}
