import type { Logger } from '#shared/runtime/logger';

const COMPLAIN_EVERY_MS = 60_000;

/** Logs dropped MQTT messages: at most one line a minute, with the number of those in between. */
export function createComplaints(
  logger: Pick<Logger, 'warn'>,
  nowMs: () => number = () => performance.now(),
): (topic: string, reason: string) => void {
  let silentUntilMs = -Infinity;
  let untold = 0;
  return (topic, reason) => {
    if (nowMs() < silentUntilMs) {
      untold++;
      return;
    }
    logger.warn({ topic: topic.slice(0, 200), reason, alsoDropped: untold }, 'MQTT message dropped');
    untold = 0;
    silentUntilMs = nowMs() + COMPLAIN_EVERY_MS;
  };
}
