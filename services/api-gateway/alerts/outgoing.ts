import type { Alert } from '#contract/rest/alerts';
import type { AlertMessage } from '../domain/alerts/message.ts';
import type { ResolveChannel } from './channel-addresses.ts';

/** What is sent, and its id. */
export interface Outgoing {
  eventId: string;
  event: 'raised' | 'cleared' | 'test';
  alert: Alert;
  message: AlertMessage;
}

export interface SendParts {
  resolve: ResolveChannel;
  /** SMTP server of the configuration. */
  smtpUrl: string | undefined;
  nowMs: () => number;
}
