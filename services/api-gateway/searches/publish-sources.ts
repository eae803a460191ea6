import type { MqttConnection } from '#shared/runtime/mqtt-client';
import { MQTT_TOPICS, type Topics } from '#contract/mqtt-topics';
import { MAX_MESSAGE_SOURCES, type SourcesMessage } from '#contract/sources-message';
import { publishedSource } from '../published-sources.ts';
import type { Database } from '../store/queryable.ts';
import { lockUnpublished, markPublished } from '../store/sources/searches.ts';
import { listSources } from '../store/sources/sources.ts';

export type SourcePublisher = Pick<MqttConnection<Topics>, 'client' | 'topics' | 'publish'>;

/**
 * Publishes the sources that are not published yet, at least once each. Without a broker they stay
 * for a later attempt.
 */
export async function publishSources(db: Database, mqtt: SourcePublisher): Promise<void> {
  const publishNext = () =>
    db.transaction(async (tx) => {
      const search = await lockUnpublished(tx);
      if (!search) return false;
      const { session_id, points } = search;
      const sources = await listSources(tx, session_id);
      const message: SourcesMessage = {
        session_id,
        points,
        total: sources.length,
        sources: sources.slice(0, MAX_MESSAGE_SOURCES).map(publishedSource),
      };
      const topic = mqtt.topics.sessionSources(session_id);
      await mqtt.publish(topic, message, MQTT_TOPICS.sessionSources);
      await markPublished(tx, session_id);
      return true;
    });
  while (mqtt.client.connected && (await publishNext()));
}
