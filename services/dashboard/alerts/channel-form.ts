import type { AlertChannel, AlertChannelBody, ChannelKind } from '#contract/rest/alert-channels';

export const CHANNEL_KIND_TEXTS: Record<ChannelKind, string> = {
  webhook: 'Webhook',
  ntfy: 'ntfy',
  mail: 'E-mail',
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
  isEnabled: true,
  secret: '',
  removesSecret: false,
};

/** The form of a channel; its secret is never known. */
export function channelForm(channel?: AlertChannel): ChannelForm {
  if (!channel) return { ...EMPTY };
  const { name, kind, title, text, is_enabled } = channel;
  const common = { ...EMPTY, name, kind, title: title ?? '', text: text ?? '', isEnabled: is_enabled };
  switch (channel.kind) {
    case 'webhook':
      return { ...common, url: channel.url };
    case 'ntfy': {
      const { server, topic, priority, tags } = channel;
      return { ...common, server, topic, priority: String(priority), tags: tags.join(', ') };
    }
    case 'mail':
      return { ...common, from: channel.from, to: channel.to.join(', ') };
  }
}

/** Whether a channel has a stored secret. */
export function hasSecret(channel: AlertChannel): boolean {
  if (channel.kind === 'webhook') return channel.has_secret;
  return channel.kind === 'ntfy' ? channel.has_token : channel.has_smtp_url;
}

/** The body of POST and PUT. Problems of the input are left to the API. */
export function toChannel(form: ChannelForm): AlertChannelBody {
  const common = {
    name: form.name,
    title: form.title.trim() === '' ? null : form.title,
    text: form.text.trim() === '' ? null : form.text,
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
  }
}

function listOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== '');
}

/** The field of the API that holds the secret of a kind, its label and its purpose. */
export const SECRETS: Record<ChannelKind, { field: string; label: string; hint: string }> = {
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
  if (channel.kind === 'webhook') return channel.url;
  return channel.kind === 'ntfy' ? `${channel.topic} at ${channel.server}` : channel.to.join(', ');
}
