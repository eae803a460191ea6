import { sleep } from '#shared/runtime/waiting';
import type { Queryable } from '../store/database.ts';
import { findRotor, listRotors, type RotorRow } from '../store/rotors.ts';

/** The rotors as they were last seen, so that a rotor can be stopped while the database is away. */
export interface RotorMemory {
  /** Reads all rotors; call it once the database is there. */
  load(): Promise<void>;
  remember(rotor: RotorRow): void;
  forget(id: number): void;
  /** `listener` is told of rotors that are no more. */
  whenForgotten(listener: (id: number) => void): void;
  /**
   * From the database if it answers at once, else from memory. Throws `unavailable` when neither
   * knows.
   */
  find(id: number): Promise<RotorRow | undefined>;
}

// Stopping must not wait for a database that hangs: the rotor is to be told within 300 ms.
const DATABASE_PATIENCE_MS = 150;

export function createRotorMemory(db: Queryable): RotorMemory {
  const rotors = new Map<number, RotorRow>();
  let onForgotten: (id: number) => void = () => undefined;
  return {
    async load() {
      for (const rotor of await listRotors(db)) rotors.set(rotor.id, rotor);
    },
    whenForgotten(listener) {
      onForgotten = listener;
    },
    remember: (rotor) => void rotors.set(rotor.id, rotor),
    forget(id) {
      rotors.delete(id);
      onForgotten(id);
    },
    async find(id) {
      const known = rotors.get(id);
      const stored = findRotor(db, id);
      if (!known) return stored;
      const giveUp = new AbortController();
      try {
        return await Promise.race([
          stored.catch(() => known),
          sleep(DATABASE_PATIENCE_MS, giveUp.signal).then(
            () => known,
            () => known,
          ),
        ]);
      } finally {
        giveUp.abort();
      }
    },
  };
}
