import { createHmac } from 'node:crypto';
import { MQTT_TOPICS } from '#contract/mqtt-topics';
import { SkyScanError } from '#shared/base/errors';
import { orAborted, withAnySignal } from '#shared/runtime/waiting';
import type { ChannelRow, ChannelSettings } from '../store/alerts/channels.ts';
import type { Outgoing, SendParts } from './outgoing.ts';
import { postJson } from './post-json.ts';
import { sendMail } from './send-mail.ts';

type Channel = Pick<ChannelRow, 'request' | 'secrets'>;
type Settings<Kind> = Extract<ChannelSettings, { kind: Kind }>;

const TIMEOUT_MS = 10_000;

/** Sends a message. Throws why it was not delivered, without secrets and text of the peer. */
export async function sendMessage(
  parts: SendParts,
  channel: Channel,
  outgoing: Outgoing,
  closing: AbortSignal,
): Promise<void> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    await withAnySignal([closing, timeout], (signal) => sendTo(parts, channel, outgoing, signal));
  } catch (error) {
    closing.throwIfAborted();
    if (timeout.aborted) throw new Error(`no answer in ${TIMEOUT_MS / 1000} s`, { cause: error });
    throw error;
  }
}

function sendTo(
  parts: SendParts,
  { request, secrets }: Channel,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<void> {
  switch (request.kind) {
    case 'webhook':
      return sendWebhook(parts, request, secrets.secret ?? undefined, outgoing, signal);
    case 'ntfy':
      return sendNtfy(parts, request, secrets.token ?? undefined, outgoing, signal);
    case 'mail':
      return sendMail(parts, request, secrets.smtp_url ?? undefined, outgoing, signal);
    case 'mqtt':
      return publishNotification(parts, outgoing, signal);
  }
}

/** HMAC-SHA256 of `{timestamp}.{body}`, hex. */
function signatureOf(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

function sendWebhook(
  parts: SendParts,
  { url }: Settings<'webhook'>,
  secret: string | undefined,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<void> {
  const body = JSON.stringify(outgoing);
  const timestamp = String(Math.floor(parts.nowMs() / 1000));
  const headers = {
    'x-skyscan-event': outgoing.event_id,
    'x-skyscan-timestamp': timestamp,
    ...(secret !== undefined && {
      'x-skyscan-signature': `sha256=${signatureOf(secret, timestamp, body)}`,
    }),
  };
  return postJson(url, body, headers, { ...parts, signal });
}

/** Sends as JSON, not in headers, which hold ASCII only. */
function sendNtfy(
  parts: SendParts,
  { server, topic, priority, tags }: Settings<'ntfy'>,
  token: string | undefined,
  { event_id, event, title, text, link }: Outgoing,
  signal: AbortSignal,
): Promise<void> {
  const body = JSON.stringify({
    topic,
    title,
    message: text,
    // What is over needs no sound.
    priority: event === 'cleared' || event === 'session_ended' ? Math.min(priority, 2) : priority,
    tags,
    click: link,
  });
  const headers = {
    'x-skyscan-event': event_id,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return postJson(server, body, headers, { ...parts, signal });
}

/** To the broker of the gateway, acknowledged. */
async function publishNotification(
  { mqtt }: SendParts,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<void> {
  // Without a connection the client would keep it for later, beside the next attempts.
  if (!mqtt.client.connected) throw new SkyScanError('unavailable', 'the MQTT broker is not connected');
  await orAborted(mqtt.publish(mqtt.topics.notifications, outgoing, MQTT_TOPICS.notifications), signal);
}
