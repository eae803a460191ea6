import type { MqttClient } from 'mqtt';
import { createRepeatedWork, type RepeatedWork } from '#shared/runtime/repeated-work';
import { MQTT_TOPICS } from '#contract/mqtt-topics';
import { discoveryTopic } from './component.ts';
import { createChangePublisher, type Outgoing } from './change-publisher.ts';
import { isRetained } from './check-discovery.ts';
import type { HomeAssistantParts } from './parts.ts';
import { publishDevices } from './publish-devices.ts';

export interface HomeAssistant extends Pick<RepeatedWork, 'start' | 'close'> {
  /** The connection that publishes has been made: the broker may have lost everything. */
  connected: () => void;
  /** The state of a rotor has changed: publishes it soon. */
  changed: () => void;
  /** Describes what the broker denies; undefined: nothing. */
  trouble: () => string | undefined;
}

const REFRESH_MS = 10_000;
/** Changes are published at most this often. */
const MIN_PAUSE_MS = 1_000;
const CHECK_MS = 60_000;
const CHECK_DENIED_MS = 10_000;

/**
 * Announces rotors and sites to Home Assistant and publishes their state; calls `onPublished` after
 * that. `isEnabled` false: removes what was announced before. `listener`: a connection that may
 * subscribe.
 */
export function createHomeAssistant(
  parts: HomeAssistantParts,
  listener: MqttClient,
  isEnabled: boolean,
  onPublished: () => void,
): HomeAssistant {
  const { mqtt, settings, logger } = parts;
  const birthTopic = `${settings.prefix}/status`;
  let trouble: string | undefined;
  /** A device that the broker must retain. */
  let sample: Outgoing | undefined;
  let soon: NodeJS.Timeout | undefined;
  let lastPassMs = -Infinity;

  const publishConfig = async (topic: string, message: object) => {
    if (!mqtt.client.connected) throw new Error('not connected to the MQTT broker');
    await mqtt.client.publishAsync(topic, JSON.stringify(message), { qos: 1, retain: true });
  };
  const areConnected = () => listener.connected && mqtt.client.connected;
  const configs = createChangePublisher(publishConfig);
  const states = createChangePublisher((topic, message) =>
    mqtt.publish(topic, message, MQTT_TOPICS.rotorScan),
  );

  const publishing = createRepeatedWork({
    intervalMs: isEnabled ? REFRESH_MS : CHECK_MS,
    retryMs: 2 * MIN_PAUSE_MS,
    logger,
    failure: 'cannot publish for Home Assistant now',
    async work() {
      if (!mqtt.client.connected) return;
      lastPassMs = performance.now();
      const isFirst = sample === undefined;
      try {
        sample = await publishDevices(parts, isEnabled, configs, states);
      } catch (error) {
        // Until the next pass, another gateway may have published the same devices.
        reset();
        throw error;
      }
      if (isFirst) checking.wake();
      onPublished();
    },
  });

  const checking = createRepeatedWork({
    intervalMs: CHECK_MS,
    dueInMs: () => Promise.resolve(trouble === undefined ? undefined : CHECK_DENIED_MS),
    logger,
    failure: 'cannot check what the broker retains now',
    async work() {
      // Without a site, this gateway publishes nothing.
      if (!sample) trouble = undefined;
      if (!sample || !areConnected()) return;
      const { topic, message } = sample;
      const isKept = await isRetained(listener, topic, () => publishConfig(topic, message));
      // A lost connection is reported elsewhere.
      if (areConnected()) report(isKept);
    },
  });

  function report(isKept: boolean): void {
    const now = isKept
      ? undefined
      : `the broker keeps no messages on ${discoveryTopic(settings.prefix, '+')}, so Home Assistant finds no devices: its access rules (ACL) deny it to this user`;
    if (now === trouble) return;
    trouble = now;
    if (now) logger.warn(`MQTT: ${now}`);
    else {
      logger.info('MQTT: the broker keeps the devices of Home Assistant');
      publishAgain();
    }
  }

  function reset(): void {
    configs.reset();
    states.reset();
  }

  function publishAgain(): void {
    reset();
    publishing.wake();
  }

  if (isEnabled) {
    listener.on('connect', () => {
      listener.subscribe(birthTopic, { qos: 1 });
      checking.wake();
    });
    listener.on('message', (topic, payload, { retain }) => {
      // A retained one is older than the connection, which has published everything.
      if (topic === birthTopic && !retain && payload.toString() === 'online') publishAgain();
    });
  }

  return {
    start() {
      publishing.start();
      if (isEnabled) checking.start();
    },
    connected: publishAgain,
    changed() {
      if (!isEnabled) return;
      soon ??= setTimeout(
        () => {
          soon = undefined;
          publishing.wake();
        },
        Math.max(0, lastPassMs + MIN_PAUSE_MS - performance.now()),
      ).unref();
    },
    trouble: () => trouble,
    async close() {
      clearTimeout(soon);
      await Promise.all([publishing.close(), checking.close()]);
    },
  };
}
