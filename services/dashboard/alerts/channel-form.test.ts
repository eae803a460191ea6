import { expect, test } from 'vitest';
import { alertChannelRequestSchema, type AlertChannel } from '#contract/rest/alert-channels';
import { channelForm, channelText, hasSecret, toChannel } from './channel-form.ts';

const STORED = {
  id: 1,
  created_at: '2026-03-01T00:00:00Z',
  failing_since: null,
  problem: null,
  name: 'Club',
  title: null,
  text: null,
  session_events: [],
  is_enabled: true,
};
const CHANNELS: AlertChannel[] = [
  { ...STORED, kind: 'webhook', url: 'https://example.org/hook', has_secret: true, title: '{kind}' },
  {
    ...STORED,
    kind: 'ntfy',
    server: 'https://ntfy.sh',
    topic: 'sky',
    priority: 4,
    tags: ['satellite', 'x'],
    has_token: false,
  },
  {
    ...STORED,
    kind: 'mail',
    from: 'sky@example.org',
    to: ['a@example.org', 'b@example.org'],
    has_smtp_url: true,
  },
  { ...STORED, kind: 'mqtt', session_events: ['session_ended', 'session_suspended'] },
];

test.each(CHANNELS)('a channel of kind $kind survives its form, and its secret is not sent', (channel) => {
  const body = toChannel(channelForm(channel));
  expect(alertChannelRequestSchema.parse(body)).toEqual(body);
  const { id: _, created_at, failing_since, problem, ...rest } = channel;
  expect([created_at, failing_since, problem]).toHaveLength(3);
  expect({ ...body, ...hadSecret(channel) }).toEqual(rest);
});

function hadSecret(channel: AlertChannel) {
  if (channel.kind === 'mqtt') return {};
  if (channel.kind === 'webhook') return { has_secret: hasSecret(channel) };
  return channel.kind === 'ntfy' ? { has_token: hasSecret(channel) } : { has_smtp_url: hasSecret(channel) };
}

test('a secret is sent once it is typed, and removed on request', () => {
  const form = { ...channelForm(CHANNELS[1]), secret: 'tk_1' };
  expect(toChannel(form)).toMatchObject({ token: 'tk_1' });
  expect(toChannel({ ...form, removesSecret: true })).toMatchObject({ token: null });
  expect(toChannel(channelForm(CHANNELS[0]))).not.toHaveProperty('secret');
});

test('channels in a few words', () => {
  expect(CHANNELS.map(channelText)).toEqual([
    'https://example.org/hook',
    'sky at https://ntfy.sh',
    'a@example.org, b@example.org',
    'the topic notifications',
  ]);
});
