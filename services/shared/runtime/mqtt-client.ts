import { readFileSync } from 'node:fs';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { z } from 'zod';
import type { Logger } from './logger.ts';
import { brokerUrls, parseBrokerUrls } from './broker-urls.ts';
import { MqttAccess } from './mqtt-access.ts';
import { sleep } from './waiting.ts';

const OFFLINE_TIMEOUT_MS = 500;
const MAX_LISTENERS = 30;
const ONLINE_INTERVAL_MS = 60_000;
// Timers drop fractions of a millisecond and may be early.
const TIMER_MARGIN_MS = 10;

/** A topic that is followed by more levels. */
export const TOPIC = /^[^#+\s/][^#+\s]*[^#+\s/]$/;
export const TOPIC_RULE = 'must be a topic without wildcards';

/** Configuration of MQTT, the same for every service. */
export const mqttVariables = {
  MQTT_URL: brokerUrls.describe(
    'the broker: `mqtt://`, `mqtts://`, `ws://` or `wss://`, or the nodes of a cluster, separated by commas; the launcher sets it',
  ),
  MQTT_BASE_TOPIC: z
    .string()
    .regex(TOPIC, TOPIC_RULE)
    .default('skyscan')
    .describe('first level of every topic'),
  MQTT_USERNAME: z.string().optional().describe('user at the broker'),
  MQTT_PASSWORD: z.string().optional().describe('password at the broker'),
  MQTT_CA: z
    .string()
    .optional()
    .describe('PEM file of the authority that signed the certificate of the broker'),
};

export interface MqttSettings {
  MQTT_URL: string;
  MQTT_BASE_TOPIC: string;
  MQTT_USERNAME?: string | undefined;
  MQTT_PASSWORD?: string | undefined;
  MQTT_CA?: string | undefined;
}

/** The topic that a connection needs. */
export interface StatusTopics {
  serviceStatus(service: string): string;
}

/** How the broker handles a message. */
export interface Delivery {
  qos: 0 | 1;
  /** Whether the broker keeps the message for clients that subscribe later. */
  retained: boolean;
}

export interface MqttConnection<T extends StatusTopics = StatusTopics> {
  client: MqttClient;
  topics: T;
  /**
   * Resolves when the broker has acknowledged, or at QoS 0 when the message was sent. Rejects
   * immediately while disconnected.
   */
  publish(topic: string, payload: object, delivery: Delivery): Promise<void>;
  /** Subscribes at QoS 1. A refusal is reported by `trouble` until the topics are granted. */
  subscribe(topics: string[]): Promise<void>;
  /**
   * Whether messages on this topic come because the connection checks that the broker forwards its
   * own: it subscribes to the topic for a moment.
   */
  readsEcho(topic: string): boolean;
  /** Describes what the broker's access rules block; undefined if nothing is blocked. */
  trouble(): string | undefined;
  /** Calls `listener` now and after every change of `trouble`. */
  onTrouble(listener: (trouble: string | undefined) => void): void;
  /** Publishes `offline`, then disconnects. */
  close(): Promise<void>;
}

/**
 * Connects to the first broker that accepts; after a loss to the next one. `options` override those
 * of every connection.
 */
export function connectBroker(settings: MqttSettings, options: IClientOptions): MqttClient {
  const { url, servers } = parseBrokerUrls(settings.MQTT_URL);
  return mqtt.connect(url, { ...mqttOptions(settings), ...options, ...(servers && { servers }) });
}

/** Options of every connection: retries indefinitely and queues nothing. */
function mqttOptions(settings: MqttSettings): IClientOptions {
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
 * Connects as `service`, with `services/{name}/status` as last will; retries indefinitely. Queues
 * nothing while disconnected: the recorder repairs missing points, and the queue of a long outage
 * would be unbounded. `options` override the defaults; attach listeners to `client`, then call
 * `client.connect()`.
 */
export function createMqttConnection<T extends StatusTopics>(
  service: string,
  version: string,
  topics: T,
  settings: MqttSettings,
  logger: Logger,
  options: IClientOptions = {},
): MqttConnection<T> {
  const statusTopic = topics.serviceStatus(service);
  const status = (state: string) => ({ status: state, version });
  const client = connectBroker(settings, {
    clientId: clientId(service),
    will: {
      topic: statusTopic,
      payload: Buffer.from(JSON.stringify(status('offline'))),
      qos: 1,
      retain: true,
    },
    ...options,
    manualConnect: true,
  });
  const closing = new AbortController();
  let onlineTimer: NodeJS.Timeout | undefined;
  const access = new MqttAccess(client, logger, () =>
    publishOnlineIn(access.echoDueInMs(statusTopic) + TIMER_MARGIN_MS),
  );
  const publish = async (topic: string, payload: object, { qos, retained }: Delivery) => {
    if (!client.connected) throw new Error('not connected to the MQTT broker');
    const text = JSON.stringify(payload);
    const acknowledged = access.expectEcho(topic, text);
    await client.publishAsync(topic, text, { qos, retain: retained });
    acknowledged?.();
  };
  // Repeated, because the broker's access rules may change while it runs.
  const publishOnline = () => {
    if (closing.signal.aborted || !client.connected) return;
    publish(statusTopic, status('online'), { qos: 1, retained: true }).catch(() => undefined);
    publishOnlineIn(ONLINE_INTERVAL_MS);
  };
  const publishOnlineIn = (delayMs: number) => {
    clearTimeout(onlineTimer);
    onlineTimer = setTimeout(publishOnline, delayMs).unref();
  };
  // Each part of a service that publishes listens for connections; Node warns above 10.
  client.setMaxListeners(MAX_LISTENERS);
  logOutages(client, logger, closing.signal);
  client.on('connect', publishOnline);
  return {
    client,
    topics,
    publish,
    async subscribe(names) {
      try {
        await client.subscribeAsync(names, { qos: 1 });
        access.subscribed(names, true);
      } catch (error) {
        // Without a connection it is not a refusal.
        if (client.connected) access.subscribed(names, false);
        throw error;
      }
    },
    readsEcho: (topic) => access.readsEcho(topic),
    trouble: () => access.trouble,
    onTrouble: (listener) => access.onTrouble(listener),
    async close() {
      closing.abort();
      clearTimeout(onlineTimer);
      // Otherwise a client that is ended while connecting reconnects when its socket closes.
      client.options.reconnectPeriod = 0;
      if (client.connected) {
        const offline = client.publishAsync(statusTopic, JSON.stringify(status('offline')), {
          qos: 1,
          retain: true,
        });
        // The acknowledgement may be delayed by incoming messages; after the timeout the last will
        // reports `offline`.
        const timeout = new AbortController();
        await Promise.race([offline, sleep(OFFLINE_TIMEOUT_MS, timeout.signal)]).catch(() => undefined);
        timeout.abort();
      }
      await client.endAsync(true).catch(() => undefined);
    },
  };
}

/** Logs once per outage, not for each of its attempts. */
function logOutages(client: MqttClient, logger: Logger, closing: AbortSignal): void {
  let isReachable = false;
  let lastError: string | undefined;
  client.on('connect', () => {
    // mqtt.js emits `connect` even if the broker answers after the end.
    if (closing.aborted) return;
    isReachable = true;
    lastError = undefined;
    logger.info('MQTT broker connected');
  });
  client.on('close', () => {
    if (isReachable) logger.warn('MQTT broker disconnected');
    isReachable = false;
  });
  client.on('error', (error) => {
    if (error.message !== lastError) logger.warn(`MQTT: ${error.message}`);
    lastError = error.message;
  });
}

function clientId(name: string): string {
  return `skyscan-${name}-${process.pid}-${Math.random().toString(16).slice(2, 8)}`;
}
