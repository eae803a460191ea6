import { sleep } from '#shared/runtime/waiting';
import type { Queryable } from '../store/database.ts';
import { findRotor, listRotors, type RotorRow } from '../store/rotors.ts';

/** The rotors as they were last seen, so that a rotor can be stopped while the database is away. */
export interface RotorCache {
  /** Reads all rotors; call it once the database is there. */
  load(): Promise<void>;
  set(rotor: RotorRow): void;
  delete(id: number): void;
  /** `listener` is told of rotors that are no more. */
  onDeleted(listener: (id: number) => void): void;
  /**
   * From the database if it answers at once, else from memory. Throws `unavailable` when neither
   * knows.
   */
  find(id: number): Promise<RotorRow | undefined>;
}

// Stopping must not wait for a database that hangs: the rotor is to be told within 300 ms.
const DATABASE_TIMEOUT_MS = 150;

export function createRotorCache(db: Queryable): RotorCache {
  const rotors = new Map<number, RotorRow>();
  let deletedListener: (id: number) => void = () => undefined;
  return {
    async load() {
      for (const rotor of await listRotors(db)) rotors.set(rotor.id, rotor);
    },
    onDeleted(listener) {
      deletedListener = listener;
    },
    set: (rotor) => void rotors.set(rotor.id, rotor),
    delete(id) {
      rotors.delete(id);
      deletedListener(id);
    },
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
