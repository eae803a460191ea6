import type { MqttCommand } from '#contract/command-messages';
import type { Topics } from '#contract/mqtt-topics';
import type { Logger } from '#shared/runtime/logger';
import type { MqttConnection } from '#shared/runtime/mqtt-client';
import type { DiscoverySettings } from './component.ts';
import type { Database } from '../store/queryable.ts';

/** What the messages for Home Assistant are made of and sent with. */
export interface HomeAssistantParts {
  db: Database;
  mqtt: Pick<MqttConnection<Topics>, 'client' | 'topics' | 'publish'>;
  settings: DiscoverySettings;
  /** Commands that clients may send over MQTT. */
  commands: readonly MqttCommand[];
  /** Whether this gateway works for the site: only it publishes its devices. */
  isOwner: (siteId: number) => boolean;
  logger: Logger;
}
