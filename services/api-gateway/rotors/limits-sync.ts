import { Mutex } from 'async-mutex';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { sleep } from '#shared/runtime/waiting';
import type { RotorDriver } from '../clients/rotor-driver.ts';
import type { RotorRow } from '../store/rotors.ts';

/**
 * Sends the limits of the rotors of a site to its rotor-driver, which refuses moves beyond them.
 */
export interface LimitsSync {
  /**
   * The current rotors of the site. Resolves when rotor-driver enforces their limits, or cannot be
   * reached; they are then sent later.
   */
  update(rotors: RotorRow[]): Promise<unknown>;
  close(): void;
}

// Repairs a rotor-driver that lost its disk.
const REFRESH_MS = 10_000;
const RETRY_MS = 1_000;

export function createLimitsSync(parts: {
  siteId: number;
  driver: () => Pick<RotorDriver, 'allow'>;
  /** Whether this gateway repeats them; another one does otherwise. */
  isOwner: () => boolean;
  logger: Logger;
}): LimitsSync {
  const { siteId, driver, isOwner, logger } = parts;
  const mutex = new Mutex();
  const closing = new AbortController();
  let current: RotorRow[] | undefined;
  let currentList = '';
  let latest: Promise<unknown> = Promise.resolve();
  let lastProblem = '';

  /**
   * Returns whether the limits were sent. Serialised, so that an older list never follows a newer
   * one.
   */
  const send = () =>
    mutex.runExclusive(async () => {
      if (!current || closing.signal.aborted) return true;
      try {
        await driver().allow(current);
        lastProblem = '';
        return true;
      } catch (error) {
        const reason = errorMessage(error);
        if (reason !== lastProblem)
          logger.warn({ site: siteId, reason }, 'cannot send the rotor limits to rotor-driver');
        lastProblem = reason;
        return false;
      }
    });

  async function repeat(): Promise<void> {
    for (;;) await sleep(!isOwner() || (await send()) ? REFRESH_MS : RETRY_MS, closing.signal);
  }

  repeat().catch(() => undefined); // ends with the signal
  return {
    update(rotors) {
      const list = JSON.stringify(rotors);
      if (list !== currentList) {
        currentList = list;
        current = rotors;
        latest = send();
      }
      return latest;
    },
    close: () => closing.abort(),
  };
}
