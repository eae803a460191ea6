import type { MqttConnection } from '#shared/runtime/mqtt-client';
import { MQTT_TOPICS, type Topics } from '#contract/mqtt-topics';
import { toStatusMessage } from '../published.ts';
import type { Database } from '../store/database.ts';
import { listCancelledLocally, type SessionRow } from '../store/sessions.ts';

// They are rare: a session is cancelled here only while the orchestrator is away and has never had
// it.
const MAX_SESSIONS = 500;

/**
 * Tells the broker of sessions that ended without the orchestrator. Nobody else knows of them, so
 * what could not be said while the broker was away is said when it is back.
 */
export function createCancellationPublisher(
  db: Database,
  mqtt: Pick<MqttConnection<Topics>, 'client' | 'topics' | 'publish'>,
): (session: SessionRow) => void {
  const tell = (session: SessionRow) => {
    const topic = mqtt.topics.sessionStatus(session.id);
    const retain = MQTT_TOPICS.sessionStatus.retained;
    mqtt.publish(topic, toStatusMessage(session), { retain }).catch(() => undefined);
  };
  mqtt.client.on('connect', () => {
    // The revision is the same: whoever has heard it already does nothing.
    listCancelledLocally(db, MAX_SESSIONS).then(
      (sessions) => sessions.forEach(tell),
      () => undefined, // without a database there is no news; the next connection asks again
    );
  });
  return tell;
}
