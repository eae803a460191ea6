import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { backoffMs, sleep } from '#shared/runtime/waiting';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;

export interface KeepLinkedParts {
  /**
   * Links once; calls `onLinked` with the id of the gateway when that accepts the site; resolves
   * with the reason when the link ends. Rejects if there is no connection or the gateway refuses.
   */
  link: (onLinked: (gateway: string) => void) => Promise<string>;
  logger: Logger;
  signal: AbortSignal;
}

/** Links again whenever the link ends, until the signal; logs each new reason once. */
export async function keepLinked({ link, logger, signal }: KeepLinkedParts): Promise<void> {
  let attempt = 0;
  let lastReason = '';
  const report = (reason: string, text: string) => {
    if (!signal.aborted && reason !== lastReason) logger.warn({ reason }, text);
    lastReason = reason;
  };
  while (!signal.aborted) {
    try {
      const reason = await link((gateway) => {
        attempt = 0;
        lastReason = '';
        logger.info({ id: gateway }, 'linked');
      });
      report(reason, 'link ended');
    } catch (error) {
      report(errorMessage(error), 'not linked');
    }
    await sleep(backoffMs(attempt++, FIRST_RETRY_MS, LAST_RETRY_MS), signal).catch(() => undefined);
  }
}
