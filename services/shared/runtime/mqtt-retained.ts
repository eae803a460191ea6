import type { IPublishPacket, MqttClient } from 'mqtt';
import { sleep } from './waiting.ts';

/**
 * Asks the broker which message it retains for a topic without wildcards; undefined: none within
 * `timeoutMs`. Rejects when the broker refuses the subscription, or while disconnected. The client
 * must not be subscribed to the topic otherwise.
 */
export async function readRetained(
  client: MqttClient,
  topic: string,
  timeoutMs: number,
): Promise<string | undefined> {
  const ending = new AbortController();
  let onMessage: ((name: string, payload: Buffer, packet: IPublishPacket) => void) | undefined;
  const arrived = new Promise<string>((resolve) => {
    onMessage = (name, payload, { retain }) => {
      if (name === topic && retain) resolve(payload.toString());
    };
    client.on('message', onMessage);
  });
  try {
    await client.subscribeAsync(topic, { qos: 1 });
    return await Promise.race([arrived, sleep(timeoutMs, ending.signal).then(() => undefined)]);
  } finally {
    ending.abort();
    if (onMessage) client.off('message', onMessage);
    client.unsubscribe(topic, () => undefined);
  }
}
