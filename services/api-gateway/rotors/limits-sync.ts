import { Mutex } from 'async-mutex';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { sleep } from '#shared/runtime/waiting';
import type { RotorDriver } from '../clients/rotor-driver.ts';
import type { Queryable } from '../store/queryable.ts';
import { listRotors } from '../store/rotors.ts';
import type { RotorCache } from './rotor-cache.ts';

/**
 * Sends the current limits of all rotors to rotor-driver, which refuses any move beyond them, and
 * keeps the cache of rotors up to date.
 */
export interface LimitsSync {
  /**
   * Call it after every change, by this gateway or another one. Resolves when rotor-driver enforces
   * the limits, or cannot be reached; they are then sent later.
   */
  changed(): Promise<void>;
}

// Repairs a rotor-driver that lost its disk, and a gateway that is not notified.
const REFRESH_MS = 10_000;
const RETRY_MS = 1_000;

export function createLimitsSync(parts: {
  db: Queryable;
  driver: Pick<RotorDriver, 'allow'>;
  cache: Pick<RotorCache, 'replace'>;
  logger: Logger;
}): LimitsSync & { run(signal: AbortSignal): void } {
  const { db, driver, cache, logger } = parts;
  const mutex = new Mutex();
  let lastProblem = '';

  /**
   * Returns whether the limits were sent. Serialised, so that an older list never follows a newer
   * one.
   */
  const send = () =>
    mutex.runExclusive(async () => {
      try {
        const rotors = await listRotors(db);
        cache.replace(rotors);
        await driver.allow(rotors);
        lastProblem = '';
        return true;
      } catch (error) {
        const reason = errorMessage(error);
        if (reason !== lastProblem) logger.warn({ reason }, 'cannot send the rotor limits to rotor-driver');
        lastProblem = reason;
        return false;
      }
    });

  async function loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const sent = await send();
      await sleep(sent ? REFRESH_MS : RETRY_MS, signal);
    }
  }

  return {
    async changed() {
      await send();
    },
    run: (signal) => void loop(signal).catch(() => undefined), // ends with the signal
  };
}
