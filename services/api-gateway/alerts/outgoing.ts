import type { NotificationMessage } from '#contract/notifications';
import type { Topics } from '#contract/mqtt-topics';
import type { MqttConnection } from '#shared/runtime/mqtt-client';
import type { ResolveChannel } from './channel-addresses.ts';

/** What is sent. */
export type Outgoing = NotificationMessage;

export interface SendParts {
  resolve: ResolveChannel;
  /** SMTP server of the configuration. */
  smtpUrl: string | undefined;
  mqtt: Pick<MqttConnection<Topics>, 'client' | 'topics' | 'publish'>;
  nowMs: () => number;
}
