import pg from 'pg';
import { backoffMs, orAborted, sleep } from '#shared/runtime/waiting';
import { findPrimary } from './find-primary.ts';
import type { Queryable } from './queryable.ts';

/** Notified after every change of a rotor or a site, by triggers. */
export const ROTOR_CHANGES = 'skyscan_rotors';
export const SITE_CHANGES = 'skyscan_sites';
/** Asks the gateway that works for a site, whose id is the payload, to reconcile it soon. */
export const NUDGES = 'skyscan_nudges';
/** Notified by triggers when there is work on alerts, which the payload names. */
export const ALERT_WORK = 'skyscan_alerts';

/** Without a notification: some may have been missed. */
export type OnNotification = (notification?: { channel: string; payload?: string | undefined }) => void;

export async function notify(db: Queryable, channel: string, payload: string): Promise<void> {
  await db.query('select pg_notify($1, $2)', [channel, payload]);
}

const CONNECT_TIMEOUT_MS = 3_000;

/**
 * Calls `onNotification` for every NOTIFY of the channels, and after every connection, because
 * notifications may have been missed before. Uses a connection of its own, and reconnects until the
 * returned function is called. PgBouncer in transaction mode forwards no notifications.
 */
export function listenTo(
  urls: string[],
  channels: string[],
  onNotification: OnNotification,
): () => Promise<void> {
  const closing = new AbortController();
  const listening = listenUntil(urls, channels, onNotification, closing.signal);
  return async () => {
    closing.abort();
    await listening;
  };
}

async function listenUntil(
  urls: string[],
  channels: string[],
  onNotification: OnNotification,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    const startedMs = performance.now();
    await listenOnce((await findPrimary(urls)) ?? '', channels, onNotification, signal).catch(
      () => undefined,
    );
    if (performance.now() - startedMs > CONNECT_TIMEOUT_MS) attempt = 0;
    await sleep(backoffMs(attempt, 100, 3_000), signal).catch(() => undefined);
  }
}

/** Rejects when the connection fails or the signal fires. */
async function listenOnce(
  url: string,
  channels: string[],
  onNotification: OnNotification,
  signal: AbortSignal,
): Promise<void> {
  if (url === '') throw new Error('no primary');
  const client = new pg.Client({
    connectionString: url,
    application_name: 'skyscan-api-gateway-listen',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  const ended = new Promise<never>((_, reject) => {
    client.on('error', reject);
    client.on('end', () => reject(new Error('closed')));
  });
  ended.catch(() => undefined);
  client.on('notification', onNotification);
  try {
    await client.connect();
    for (const channel of channels) await client.query(`listen ${channel}`);
    onNotification();
    await orAborted(ended, signal);
  } finally {
    client.removeAllListeners('end');
    await client.end().catch(() => undefined);
  }
}
