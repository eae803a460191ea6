import { Mutex } from 'async-mutex';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { sleep } from '#shared/runtime/waiting';
import type { RotorDriver } from '../peers/rotor-driver.ts';
import type { Queryable } from '../store/database.ts';
import { listRotors } from '../store/rotors.ts';

/**
 * Tells rotor-driver what the owners of the rotors allow now; it moves nothing beyond that, whoever
 * asks.
 */
export interface Permits {
  /**
   * After every change. Resolves when rotor-driver enforces it, or cannot be reached: then it is
   * told once it can be.
   */
  changed(): Promise<void>;
}

// A rotor-driver that lost its disk, or another gateway that told it something older.
const AGAIN_MS = 10_000;
const RETRY_MS = 1_000;

export function createPermits(parts: {
  db: Queryable;
  driver: Pick<RotorDriver, 'allow'>;
  logger: Logger;
}): Permits & { keep(signal: AbortSignal): void } {
  const { db, driver, logger } = parts;
  const mutex = new Mutex();
  let complaint = '';

  /** Whether it has been told. In turn: a list that was read earlier never follows a later one. */
  const tell = () =>
    mutex.runExclusive(async () => {
      try {
        await driver.allow(await listRotors(db));
        complaint = '';
        return true;
      } catch (error) {
        const reason = errorMessage(error);
        if (reason !== complaint) logger.warn({ reason }, 'cannot tell rotor-driver what rotors may do');
        complaint = reason;
        return false;
      }
    });

  async function loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const told = await tell();
      await sleep(told ? AGAIN_MS : RETRY_MS, signal);
    }
  }

  return {
    async changed() {
      await tell();
    },
    keep: (signal) => void loop(signal).catch(() => undefined), // ends with the signal
  };
}
