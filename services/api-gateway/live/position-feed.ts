import type { Logger } from '#shared/runtime/logger';
import { connectBroker, type MqttSettings } from '#shared/runtime/mqtt-client';
import { positionMessageSchema, type PositionMessage } from '#contract/mqtt-messages';
import { createTopics } from '#contract/mqtt-topics';
import { createDropLog } from '../drop-log.ts';
import type { Metrics } from '../metrics.ts';
import type { PositionSource } from './position-hub.ts';

const MAX_PAYLOAD_BYTES = 4 * 1024;

/** Positions from the broker, for the followed rotors only. */
export interface PositionFeed {
  follow: PositionSource['follow'];
  /** Resolves when the broker answers a ping: with false if there is no connection to it. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Receives positions over a separate connection: the recorder's connection stops reading while the
 * database is not available, and positions must not be delayed.
 */
export function createPositionFeed(settings: MqttSettings, metrics: Metrics, logger: Logger): PositionFeed {
  const topics = createTopics(settings.MQTT_BASE_TOPIC);
  const client = connectBroker(settings, { resubscribe: false });
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
  // The recorder's connection reports it.
  client.on('error', () => undefined);
  client.on('message', (topic, payload) => {
    const id = topics.parseRotorPosition(topic);
    const listener = id === undefined ? undefined : followed.get(id);
    // Empty: the retained message was cleared.
    if (!listener || payload.length === 0) return;
    const position = parsePosition(payload);
    if (position) listener(position);
    else {
      metrics.messagesDropped.inc({ reason: 'not a position' });
      logDrop(topic, 'not a position');
    }
  });

  /** All callers wait for the same answer, so that a frozen broker does not collect listeners. */
  let pinging: Promise<boolean> | undefined;

  function ping(): Promise<boolean> {
    if (!client.connected) return Promise.resolve(false);
    pinging ??= nextAnswer().finally(() => (pinging = undefined));
    return pinging;
  }

  function nextAnswer(): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isAlive: boolean) => {
        client.off('packetreceive', onPacket);
        client.off('close', onClose);
        resolve(isAlive);
      };
      const onPacket = ({ cmd }: { cmd: string }) => cmd === 'pingresp' && settle(true);
      const onClose = () => settle(false);
      client.on('packetreceive', onPacket);
      client.on('close', onClose);
      client.sendPing();
    });
  }

  return {
    follow(rotorId, onPosition) {
      followed.set(rotorId, onPosition);
      subscribe([rotorId]);
      return () => {
        followed.delete(rotorId);
        if (client.connected) client.unsubscribe(topics.rotorPosition(rotorId), () => undefined);
      };
    },
    ping,
    async close() {
      // A client that is closed while it connects would otherwise start to reconnect.
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
