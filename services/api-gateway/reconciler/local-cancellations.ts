import type { MqttConnection } from '#shared/runtime/mqtt-client';
import { MQTT_TOPICS, type Topics } from '#contract/mqtt-topics';
import { toStatusMessage } from '../published.ts';
import type { Database } from '../store/queryable.ts';
import { listCancelledLocally, type SessionRow } from '../store/sessions.ts';

// Rare: a session is cancelled here only while the orchestrator is away and has never had it.
const MAX_SESSIONS = 500;

/**
 * Publishes sessions that ended without the orchestrator. Only the gateway knows them, so it
 * publishes them again after every reconnection to the broker.
 */
export function createCancellationPublisher(
  db: Database,
  mqtt: Pick<MqttConnection<Topics>, 'client' | 'topics' | 'publish'>,
): (session: SessionRow) => void {
  const publish = (session: SessionRow) => {
    const topic = mqtt.topics.sessionStatus(session.id);
    mqtt.publish(topic, toStatusMessage(session), MQTT_TOPICS.sessionStatus).catch(() => undefined);
  };
  mqtt.client.on('connect', () => {
    // The revision is the same, so subscribers that know it ignore it.
    listCancelledLocally(db, MAX_SESSIONS).then(
      (sessions) => sessions.forEach(publish),
      () => undefined, // retried at the next connection
    );
  });
  return publish;
}
