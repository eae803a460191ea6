import type { MqttConnection } from '#shared/runtime/mqtt-client';
import type { Topics } from '#contract/mqtt-topics';
import { orAborted } from '#shared/runtime/waiting';
import { listUncleared, markCleared } from '../store/deletions/purge.ts';
import type { Database } from '../store/queryable.ts';

export type RetainedTopics = Pick<MqttConnection<Topics>, 'client' | 'topics'>;

const AT_ONCE = 100;

/**
 * Clears the retained status of sessions that were deleted, at least once each. Without a broker
 * they stay for a later attempt.
 */
export async function clearRetained(
  db: Database,
  { client, topics }: RetainedTopics,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const ids = await listUncleared(db, AT_ONCE);
    for (const id of ids) {
      if (!client.connected || signal.aborted) return;
      const cleared = client.publishAsync(topics.sessionStatus(id), '', { qos: 1, retain: true });
      await orAborted(cleared, signal);
      await markCleared(db, id);
    }
    if (ids.length < AT_ONCE) return;
  }
}
