import { connectBroker } from '#shared/runtime/mqtt-client';
import { VERSION } from '#shared/runtime/version';
import { MQTT_COMMANDS, type MqttCommand } from '#contract/command-messages';
import { createCommandFeed, type CommandFeedParts } from './commands/command-feed.ts';
import type { Config } from './config.ts';
import type { Painter } from './drawing/painter.ts';
import { createHomeAssistant } from './home-assistant/create-home-assistant.ts';
import type { HomeAssistantParts } from './home-assistant/parts.ts';
import { createEventPublisher } from './home-assistant/publish-events.ts';
import { createMapPublisher } from './home-assistant/publish-maps.ts';

/** Home Assistant and commands over MQTT, as configured. */
export interface HomeAutomation {
  start(): void;
  /** Something that is published about a session has changed. */
  changed(): void;
  /** Describes what the broker denies; undefined: nothing. */
  trouble(): string | undefined;
  close(): Promise<void>;
}

const COMMANDS: Record<Config['MQTT_COMMANDS'], readonly MqttCommand[]> = {
  off: [],
  stop: ['stop'],
  all: MQTT_COMMANDS,
};

/** `id`: of this gateway. */
export function createHomeAutomation(
  config: Config,
  id: string,
  parts: Omit<HomeAssistantParts, 'settings' | 'commands'> &
    Omit<CommandFeedParts, 'client' | 'topics' | 'allowed'> & { painter: Painter },
): HomeAutomation {
  const { HOME_ASSISTANT: isEnabled, HOME_ASSISTANT_PREFIX: prefix, MQTT_BASE_TOPIC: base } = config;
  const commands = COMMANDS[config.MQTT_COMMANDS];
  // The recorder's connection stops reading while the database is not available; a stop must not
  // wait.
  const listener = connectBroker(config, { resubscribe: false, manualConnect: true });
  // The recorder's connection reports it.
  listener.on('error', () => undefined);
  const facts: HomeAssistantParts = {
    ...parts,
    settings: {
      prefix,
      base,
      gatewayStatus: parts.mqtt.topics.serviceStatus(id),
      version: VERSION,
      dashboard: config.PUBLIC_URL,
    },
    commands,
  };
  const feed =
    commands.length === 0
      ? undefined
      : createCommandFeed({ ...parts, client: listener, topics: parts.mqtt.topics, allowed: commands });
  const maps = createMapPublisher(facts, parts.painter);
  const devices = createHomeAssistant(facts, listener, isEnabled, isEnabled ? maps.wake : () => undefined);
  const works = [devices, ...(isEnabled ? [maps, createEventPublisher(facts)] : [])];
  parts.mqtt.client.on('connect', () => {
    devices.connected();
    maps.connected();
  });
  return {
    start() {
      // Not before the sites are claimed: a refusal is answered by the gateway of the site.
      if (isEnabled || feed) listener.connect();
      for (const work of works) work.start();
    },
    changed: devices.changed,
    trouble: () => feed?.trouble() ?? devices.trouble(),
    async close() {
      feed?.close();
      await Promise.all(works.map((work) => work.close()));
      // A client that is closed while it connects would otherwise start to reconnect.
      listener.options.reconnectPeriod = 0;
      await listener.endAsync(true).catch(() => undefined);
    },
  };
}
