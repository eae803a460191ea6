import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import { SkyScanError } from '#shared/base/errors';
import { orAborted } from '#shared/runtime/waiting';
import type { ChannelSettings } from '../store/alerts/channels.ts';
import { endpointOf } from './channel-addresses.ts';
import type { Outgoing, SendParts } from './outgoing.ts';

const TIMEOUT_MS = 8_000;

/**
 * Sends a mail of plain text. A server that a channel names is checked like a webhook; the one of
 * the configuration is the owner's. A password is sent over TLS only.
 */
export async function sendMail(
  { resolve, smtpUrl }: Pick<SendParts, 'resolve' | 'smtpUrl'>,
  { from, to }: Extract<ChannelSettings, { kind: 'mail' }>,
  ownUrl: string | undefined,
  { event_id, title, text }: Outgoing,
  signal: AbortSignal,
): Promise<void> {
  const url = ownUrl ?? smtpUrl;
  if (url === undefined)
    throw new SkyScanError('invalid', 'no mail server: set SMTP_URL, or smtp_url of the channel');
  const { host, port } = endpointOf(url);
  const [address = host] = ownUrl === undefined ? [host] : await resolve(host, port);
  const { protocol, username, password } = new URL(url);
  const hasLogin = username !== '';
  const transport = createTransport({
    host: address,
    port,
    secure: protocol === 'smtps:',
    requireTLS: hasLogin,
    ...(isIP(host) === 0 && { tls: { servername: host } }),
    ...(hasLogin && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const abort = () => transport.close();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await orAborted(
      transport.sendMail({
        from,
        to,
        subject: title,
        text,
        messageId: `<${event_id}@sky-scan>`,
        headers: { 'X-SkyScan-Event': event_id, 'Auto-Submitted': 'auto-generated' },
      }),
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    throw new SkyScanError('unavailable', `${host}:${port} did not take the mail: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', abort);
    transport.close();
  }
}

/** The codes of an error; its message may contain what the server sent. */
function reasonOf(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const name = typeof code === 'string' && /^[A-Z]+$/.test(code) ? code : 'unknown error';
  return typeof responseCode === 'number' ? `${name}, status ${responseCode}` : name;
}
