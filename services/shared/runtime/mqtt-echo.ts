import type { IPublishPacket, MqttClient } from 'mqtt';

/**
 * Detects whether the broker forwards what this client publishes; MQTT 3.1.1 does not report that
 * it does not.
 */
export interface EchoCheck {
  /**
   * Call before publishing; if it returns a function, call that after the broker's acknowledgement.
   */
  expect(topic: string, payload: string): (() => void) | undefined;
  /** Topic patterns (`skyscan/rotors/+/position`) that are not forwarded. */
  missing(): string[];
}

// A broker that reloads its access rules keeps its connections.
const CHECK_AGAIN_MS = 60_000;
const CHECK_MISSING_AGAIN_MS = 10_000;
// The echo precedes the acknowledgement of the unsubscription if the broker handles the packets of
// a client in order.
const GRACE_MS = 1_000;

/**
 * Checks the first message of each topic pattern after connecting, then one per minute: subscribes
 * before publishing and waits for the echo. Calls `onVerdict` after each check.
 */
export function createEchoCheck(client: MqttClient, onVerdict: () => void): EchoCheck {
  const dueMs = new Map<string, number>();
  const missing = new Set<string>();
  const waiting = new Map<string, { topic: string; onMessage: (...message: MessageEvent) => void }>();

  client.on('connect', () => {
    dueMs.clear();
    for (const [kind, { topic, onMessage }] of waiting) {
      client.off('message', onMessage);
      // Otherwise the library would subscribe again.
      client.unsubscribe(topic, () => undefined);
      waiting.delete(kind);
    }
  });

  function conclude(kind: string, arrived: boolean): void {
    const check = waiting.get(kind);
    if (!check) return;
    client.off('message', check.onMessage);
    waiting.delete(kind);
    if (arrived) missing.delete(kind);
    else missing.add(kind);
    dueMs.set(kind, performance.now() + (arrived ? CHECK_AGAIN_MS : CHECK_MISSING_AGAIN_MS));
    onVerdict();
  }

  return {
    expect(topic, payload) {
      const kind = topic.replace(/(?<=\/)\d+(?=\/)/g, '+');
      if (waiting.has(kind) || performance.now() < (dueMs.get(kind) ?? -Infinity)) return undefined;
      let arrived = false;
      const onMessage = (...[name, content, packet]: MessageEvent) => {
        if (name === topic && !packet.retain && content.toString() === payload) arrived = true;
      };
      client.on('message', onMessage);
      const check = { topic, onMessage };
      waiting.set(kind, check);
      let readable = true;
      client.subscribe(topic, { qos: 1 }, (error) => (readable = !error));
      return () => {
        if (waiting.get(kind) !== check) return;
        client.unsubscribe(topic, () => {
          // Without permission to read the topic, the check has no result.
          if (arrived || !readable) conclude(kind, true);
          else setTimeout(() => conclude(kind, arrived), GRACE_MS).unref();
        });
      };
    },
    missing: () => [...missing],
  };
}

type MessageEvent = [topic: string, payload: Buffer, packet: IPublishPacket];
