import mqtt from 'mqtt';
import type { StatusMessage } from '#contract/mqtt-messages';
import { checkedMqttMessage } from '../support/checked-message.ts';
import { until } from '../support/until.ts';

/** Watches the statuses of sessions over MQTT: polling would slow down the measured services. */
export interface EndWatch {
  /**
   * Resolves with the last status of a session; rejects when it ends or pauses otherwise. `first`:
   * its first `running` status.
   */
  completed(
    id: number,
    timeoutMs: number,
  ): Promise<{ first: StatusMessage | undefined; last: StatusMessage }>;
  close(): Promise<void>;
}

export async function watchEnd(brokerUrl: string): Promise<EndWatch> {
  const client = await mqtt.connectAsync(brokerUrl);
  const statuses: StatusMessage[] = [];
  client.on('message', (topic, payload) => {
    statuses.push(checkedMqttMessage(topic, payload.toString()) as StatusMessage);
  });
  await client.subscribeAsync('skyscan/sessions/+/status', { qos: 1 });
  return {
    async completed(id, timeoutMs) {
      const of = (...wanted: string[]) =>
        statuses.find(({ session_id, status }) => session_id === id && wanted.includes(status));
      const last = await until(
        `the end of session ${id}`,
        () => of('completed', 'cancelled', 'paused'),
        timeoutMs,
      );
      if (last.status !== 'completed')
        throw new Error(`session ${id} is ${last.status}: ${String(last.notes)}`);
      return { first: of('running'), last };
    },
    close: () => client.endAsync(),
  };
}
