import pg from 'pg';

const TIMEOUT_MS = 3_000;

/** The first server that accepts writes; undefined if none does. A single one is not asked. */
export async function findPrimary(urls: string[]): Promise<string | undefined> {
  if (urls.length === 1) return urls[0];
  return Promise.any(urls.map((url) => requirePrimary(url))).catch(() => undefined);
}

async function requirePrimary(url: string): Promise<string> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  client.on('error', () => undefined); // the pending query rejects too
  try {
    await client.connect();
    const { rows } = await client.query<{ writable: boolean }>(
      `select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as writable`,
    );
    if (!rows[0]?.writable) throw new Error('not the primary');
    return url;
  } finally {
    await client.end().catch(() => undefined);
  }
}
