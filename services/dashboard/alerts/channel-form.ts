import type { AlertChannel, AlertChannelBody, ChannelKind } from '#contract/rest/alert-channels';
import type { SessionEvent } from '#contract/notifications';

export const CHANNEL_KIND_TEXTS: Record<ChannelKind, string> = {
  webhook: 'Webhook',
  ntfy: 'ntfy',
  mail: 'E-mail',
  mqtt: 'MQTT',
};

/** What a channel can be told of scans. */
export const SESSION_EVENT_TEXTS: Record<SessionEvent, string> = {
  session_ended: 'a scan ends',
  session_paused: 'a scan is paused because of a fault',
  session_suspended: 'a scan has been suspended for 30 minutes',
};

/** A channel as typed. */
export interface ChannelForm {
  name: string;
  kind: ChannelKind;
  url: string;
  server: string;
  topic: string;
  priority: string;
  tags: string;
  from: string;
  to: string;
  title: string;
  text: string;
  sessionEvents: SessionEvent[];
  isEnabled: boolean;
  /** Of the secret, the token or the address of the mail server; empty: as it is. */
  secret: string;
  /** Removes the stored secret. */
  removesSecret: boolean;
}

const EMPTY: ChannelForm = {
  name: '',
  kind: 'webhook',
  url: '',
  server: 'https://ntfy.sh',
  topic: '',
  priority: '3',
  tags: 'satellite',
  from: '',
  to: '',
  title: '',
  text: '',
  sessionEvents: [],
  isEnabled: true,
  secret: '',
  removesSecret: false,
};

/** The form of a channel; its secret is never known. */
export function channelForm(channel?: AlertChannel): ChannelForm {
  if (!channel) return { ...EMPTY, sessionEvents: [] };
  const { name, kind, title, text, session_events: sessionEvents, is_enabled: isEnabled } = channel;
  const texts = { title: title ?? '', text: text ?? '' };
  const common = { ...EMPTY, name, kind, ...texts, sessionEvents: [...sessionEvents], isEnabled };
  switch (channel.kind) {
    case 'webhook':
      return { ...common, url: channel.url };
    case 'ntfy': {
      const { server, topic, priority, tags } = channel;
      return { ...common, server, topic, priority: String(priority), tags: tags.join(', ') };
    }
    case 'mail':
      return { ...common, from: channel.from, to: channel.to.join(', ') };
    case 'mqtt':
      return common;
  }
}

/** Whether a channel has a stored secret. */
export function hasSecret(channel: AlertChannel): boolean {
  switch (channel.kind) {
    case 'webhook':
      return channel.has_secret;
    case 'ntfy':
      return channel.has_token;
    case 'mail':
      return channel.has_smtp_url;
    case 'mqtt':
      return false;
  }
}

/** The body of POST and PUT. Problems of the input are left to the API. */
export function toChannel(form: ChannelForm): AlertChannelBody {
  const common = {
    name: form.name,
    title: form.title.trim() === '' ? null : form.title,
    text: form.text.trim() === '' ? null : form.text,
    session_events: [...form.sessionEvents],
    is_enabled: form.isEnabled,
  };
  // Absent: stays as it is.
  const secret = form.removesSecret ? null : form.secret === '' ? undefined : form.secret;
  switch (form.kind) {
    case 'webhook':
      return { ...common, kind: 'webhook', url: form.url, ...(secret !== undefined && { secret }) };
    case 'ntfy':
      return {
        ...common,
        kind: 'ntfy',
        server: form.server,
        topic: form.topic,
        priority: form.priority.trim() === '' ? NaN : Number(form.priority),
        tags: listOf(form.tags),
        ...(secret !== undefined && { token: secret }),
      };
    case 'mail':
      return {
        ...common,
        kind: 'mail',
        from: form.from,
        to: listOf(form.to),
        ...(secret !== undefined && { smtp_url: secret }),
      };
    case 'mqtt':
      return { ...common, kind: 'mqtt' };
  }
}

function listOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== '');
}

/** The field of the API that holds the secret of a kind, its label and its purpose. */
export const SECRETS: Partial<Record<ChannelKind, { field: string; label: string; hint: string }>> = {
  webhook: { field: 'secret', label: 'Secret', hint: 'Signs the requests (HMAC-SHA256).' },
  ntfy: { field: 'token', label: 'Access token', hint: 'Only if the topic is protected.' },
  mail: {
    field: 'smtp_url',
    label: 'Mail server',
    hint: 'smtps://user:password@mail.example.org:465. Empty: the server of SMTP_URL.',
  },
};

/** `https://example.org/hook`, `watch at https://ntfy.sh`, `a@example.org, b@example.org` */
export function channelText(channel: AlertChannel): string {
  switch (channel.kind) {
    case 'webhook':
      return channel.url;
    case 'ntfy':
      return `${channel.topic} at ${channel.server}`;
    case 'mail':
      return channel.to.join(', ');
    case 'mqtt':
      return 'the topic notifications';
  }
}
