import { Mutex } from 'async-mutex';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { sleep } from '#shared/runtime/waiting';
import type { RotorDriver } from '../clients/rotor-driver.ts';
import type { Queryable } from '../store/database.ts';
import { listRotors } from '../store/rotors.ts';

/**
 * Tells rotor-driver what the owners of the rotors allow now; it moves nothing beyond that, whoever
 * asks.
 */
export interface LimitsSync {
  /**
   * After every change. Resolves when rotor-driver enforces it, or cannot be reached: then it is
   * sent once it can be.
   */
  changed(): Promise<void>;
}

// A rotor-driver that lost its disk, or another gateway that sent it something older.
const REFRESH_MS = 10_000;
const RETRY_MS = 1_000;

export function createLimitsSync(parts: {
  db: Queryable;
  driver: Pick<RotorDriver, 'allow'>;
  logger: Logger;
}): LimitsSync & { keep(signal: AbortSignal): void } {
  const { db, driver, logger } = parts;
  const mutex = new Mutex();
  let lastProblem = '';

  /** Whether it has been sent. In turn: a list that was read earlier never follows a later one. */
  const send = () =>
    mutex.runExclusive(async () => {
      try {
        await driver.allow(await listRotors(db));
        lastProblem = '';
        return true;
      } catch (error) {
        const reason = errorMessage(error);
        if (reason !== lastProblem) logger.warn({ reason }, 'cannot send rotor-driver what rotors may do');
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
    keep: (signal) => void loop(signal).catch(() => undefined), // ends with the signal
  };
}
