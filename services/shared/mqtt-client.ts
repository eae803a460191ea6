import { readFileSync } from 'node:fs';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { z } from 'zod';
import type { Logger } from './logger.ts';
import { createTopics, type Topics } from './mqtt-topics.ts';
import { sleep } from './waiting.ts';

const GOODBYE_MS = 500;

/** Configuration of MQTT, the same for every service. */
export const mqttVariables = {
  MQTT_URL: z.url({ protocol: /^(mqtt|mqtts|ws|wss|tcp|ssl)$/, error: 'must look like mqtt://host:1883' }),
  MQTT_BASE_TOPIC: z
    .string()
    .regex(/^[^#+\s/][^#+\s]*[^#+\s/]$/, 'must be a topic without wildcards')
    .default('skyscan'),
  MQTT_USERNAME: z.string().optional(),
  MQTT_PASSWORD: z.string().optional(),
  /** PEM file of the authority that signed the broker's certificate. */
  MQTT_CA: z.string().optional(),
};

export interface MqttSettings {
  MQTT_URL: string;
  MQTT_BASE_TOPIC: string;
  MQTT_USERNAME?: string | undefined;
  MQTT_PASSWORD?: string | undefined;
  MQTT_CA?: string | undefined;
}

export interface MqttConnection {
  client: MqttClient;
  topics: Topics;
  /** Publishes at QoS 1; resolves with the broker's acknowledgement. While the broker is away: rejects at once. */
  publish(topic: string, payload: object, options?: { retain?: boolean }): Promise<void>;
  /** Says `offline`, then ends the connection. */
  close(): Promise<void>;
}

/** How every connection of ours is made: it goes on trying for ever and queues nothing. */
export function mqttOptions(settings: MqttSettings): IClientOptions {
  return {
    clientId: clientId('listener'),
    protocolVersion: 4,
    keepalive: 5,
    reconnectPeriod: 500,
    connectTimeout: 5_000,
    reconnectOnConnackError: true,
    queueQoSZero: false,
    ...(settings.MQTT_USERNAME && { username: settings.MQTT_USERNAME }),
    ...(settings.MQTT_PASSWORD && { password: settings.MQTT_PASSWORD }),
    ...(settings.MQTT_CA && { ca: readFileSync(settings.MQTT_CA) }),
  };
}

/**
 * Connects as `service`, with `services/{name}/status` as last will, and goes on trying for ever. Nothing is queued while the
 * broker is away: the repair path brings what was missed, and the queue of a ten-minute outage would be unbounded.
 * `options` come on top; attach listeners to `client`, then call `client.connect()`.
 */
export function createMqttConnection(
  service: string,
  version: string,
  settings: MqttSettings,
  logger: Logger,
  options: IClientOptions = {},
): MqttConnection {
  const topics = createTopics(settings.MQTT_BASE_TOPIC);
  const statusTopic = topics.serviceStatus(service);
  const status = (word: string) => JSON.stringify({ status: word, version });
  const client = mqtt.connect(settings.MQTT_URL, {
    ...mqttOptions(settings),
    clientId: clientId(service),
    will: { topic: statusTopic, payload: Buffer.from(status('offline')), qos: 1, retain: true },
    ...options,
    manualConnect: true,
  });
  let reachable: boolean | undefined;
  let lastError: string | undefined;
  let closing = false;
  client.on('connect', () => {
    // mqtt.js says so even when the answer of the broker comes after the end.
    if (closing) return;
    reachable = true;
    lastError = undefined;
    logger.info('MQTT broker connected');
    client.publish(statusTopic, status('online'), { qos: 1, retain: true });
  });
  client.on('close', () => {
    if (reachable) logger.warn('MQTT broker is away');
    reachable = false;
  });
  client.on('error', (error) => {
    // One line for an outage, not one for each of its hundreds of attempts.
    if (error.message !== lastError) logger.warn(`MQTT: ${error.message}`);
    lastError = error.message;
  });
  return {
    client,
    topics,
    async publish(topic, payload, { retain = false } = {}) {
      if (!client.connected) throw new Error('MQTT broker is away');
      await client.publishAsync(topic, JSON.stringify(payload), { qos: 1, retain });
    },
    async close() {
      closing = true;
      // A client that is ended while it connects would otherwise begin to reconnect once its socket is gone.
      client.options.reconnectPeriod = 0;
      if (client.connected) {
        const goodbye = client.publishAsync(statusTopic, status('offline'), { qos: 1, retain: true });
        // The acknowledgement waits behind incoming messages that are still being handled; then the last will speaks.
        const patience = new AbortController();
        await Promise.race([goodbye, sleep(GOODBYE_MS, patience.signal)]).catch(() => undefined);
        patience.abort();
      }
      await client.endAsync(true).catch(() => undefined);
    },
  };
}

function clientId(name: string): string {
  return `skyscan-${name}-${process.pid}-${Math.random().toString(16).slice(2, 8)}`;
}
