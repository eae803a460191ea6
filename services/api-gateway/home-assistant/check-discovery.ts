import type { MqttClient } from 'mqtt';
import { readRetained } from '#shared/runtime/mqtt-retained';

const ANSWER_MS = 1_000;
/** A broker that restarts or loses a node may lose one message. */
const ATTEMPTS = 2;

/**
 * Whether the broker keeps what was published on a topic: an MQTT 3.1.1 broker does not report that
 * its access rules deny it. `publishAgain` repeats the message, in case it was lost.
 */
export async function isRetained(
  client: MqttClient,
  topic: string,
  publishAgain: () => Promise<unknown>,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    if ((await readRetained(client, topic, ANSWER_MS)) !== undefined) return true;
    if (attempt === ATTEMPTS) return false;
    await publishAgain();
  }
}
