import mqtt from 'mqtt';
import type { Logger } from '#shared/runtime/logger';
import { mqttOptions, type MqttSettings } from '#shared/runtime/mqtt-client';
import { positionMessageSchema, type PositionMessage } from '#contract/mqtt-messages';
import { createTopics } from '#contract/mqtt-topics';
import { createDropLog } from '../drop-log.ts';
import type { Metrics } from '../metrics.ts';
import type { PositionSource } from './position-hub.ts';

const MAX_PAYLOAD_BYTES = 4 * 1024;

/** Positions as the broker has them, of the rotors that are followed and of no others. */
export interface PositionFeed {
  follow: PositionSource['follow'];
  /** False also when the broker is frozen: this connection asks it every 5 s. */
  readonly connected: boolean;
  close(): Promise<void>;
}

/**
 * Follows positions over a connection of its own: the recorder's stands still while the database is
 * away, and a position that is waited for is worth nothing.
 */
export function createPositionFeed(settings: MqttSettings, metrics: Metrics, logger: Logger): PositionFeed {
  const topics = createTopics(settings.MQTT_BASE_TOPIC);
  const client = mqtt.connect(settings.MQTT_URL, { ...mqttOptions(settings), resubscribe: false });
  const logDrop = createDropLog(logger);
  const followed = new Map<number, (position: PositionMessage) => void>();

  function subscribe(rotorIds: number[]): void {
    if (!client.connected || rotorIds.length === 0) return;
    client.subscribe(
      rotorIds.map((id) => topics.rotorPosition(id)),
      { qos: 0 },
      (error) => {
        if (error) logger.warn({ err: error.message }, 'MQTT subscription to positions refused');
      },
    );
  }

  client.on('connect', () => subscribe([...followed.keys()]));
  // The recorder's connection says so.
  client.on('error', () => undefined);
  client.on('message', (topic, payload) => {
    const id = topics.parseRotorPosition(topic);
    const listener = id === undefined ? undefined : followed.get(id);
    // Nothing: what the broker remembered was cleared.
    if (!listener || payload.length === 0) return;
    const position = parsePosition(payload);
    if (position) listener(position);
    else {
      metrics.messagesDropped.inc({ reason: 'not a position' });
      logDrop(topic, 'not a position');
    }
  });

  return {
    follow(rotorId, onPosition) {
      followed.set(rotorId, onPosition);
      subscribe([rotorId]);
      return () => {
        followed.delete(rotorId);
        if (client.connected) client.unsubscribe(topics.rotorPosition(rotorId), () => undefined);
      };
    },
    get connected() {
      return client.connected;
    },
    async close() {
      // A client that is ended while it connects would otherwise begin to reconnect once its socket
      // is gone.
      client.options.reconnectPeriod = 0;
      await client.endAsync(true).catch(() => undefined);
    },
  };
}

function parsePosition(payload: Buffer): PositionMessage | undefined {
  if (payload.length > MAX_PAYLOAD_BYTES) return undefined;
  try {
    return positionMessageSchema.safeParse(JSON.parse(payload.toString())).data;
  } catch {
    return undefined;
  }
}
