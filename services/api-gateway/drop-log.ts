import type { Logger } from '#shared/runtime/logger';

const LOG_INTERVAL_MS = 60_000;

/**
 * Logs dropped MQTT messages: at most one line per minute, with the number of messages dropped
 * since the last line.
 */
export function createDropLog(
  logger: Pick<Logger, 'warn'>,
  nowMs: () => number = () => performance.now(),
): (topic: string, reason: string) => void {
  let silentUntilMs = -Infinity;
  let unlogged = 0;
  return (topic, reason) => {
    if (nowMs() < silentUntilMs) {
      unlogged++;
      return;
    }
    logger.warn({ topic: topic.slice(0, 200), reason, alsoDropped: unlogged }, 'MQTT message dropped');
    unlogged = 0;
    silentUntilMs = nowMs() + LOG_INTERVAL_MS;
  };
}
