import type { AlertChannelRequest } from '#contract/rest/alert-channels';
import type { Queryable } from '../queryable.ts';

/** What is never published. */
export interface ChannelSecrets {
  secret?: string | null;
  token?: string | null;
  smtp_url?: string | null;
}

type WithoutSecrets<Request> = Request extends unknown ? Omit<Request, keyof ChannelSecrets> : never;

/** A channel as published, without secrets. */
export type ChannelSettings = WithoutSecrets<AlertChannelRequest>;

export interface ChannelRow {
  id: number;
  request: ChannelSettings;
  secrets: ChannelSecrets;
  created_at: Date;
  failing_since: Date | null;
  problem: string | null;
}

const COLUMNS = 'id, request, secrets, created_at, failing_since, problem';

/** All channels, oldest first. */
export function listChannels(db: Queryable): Promise<ChannelRow[]> {
  return db.query<ChannelRow>(`select ${COLUMNS} from alert_channels order by id`);
}

export async function findChannel(db: Queryable, id: number): Promise<ChannelRow | undefined> {
  const [row] = await db.query<ChannelRow>(`select ${COLUMNS} from alert_channels where id = $1`, [id]);
  return row;
}

export async function insertChannel(
  tx: Queryable,
  request: ChannelSettings,
  secrets: ChannelSecrets,
): Promise<ChannelRow> {
  const [row] = await tx.query<ChannelRow>(
    `insert into alert_channels (request, secrets) values ($1, $2) returning ${COLUMNS}`,
    [JSON.stringify(request), JSON.stringify(secrets)],
  );
  if (!row) throw new Error('insert returned no row');
  return row;
}

/**
 * Secrets that are absent stay. What waits is tried again at once. Undefined: there is no such
 * channel.
 */
export async function changeChannel(
  tx: Queryable,
  id: number,
  request: ChannelSettings,
  secrets: ChannelSecrets,
): Promise<ChannelRow | undefined> {
  const [row] = await tx.query<ChannelRow>(
    `update alert_channels set request = $2, secrets = secrets || $3, failures = 0, failing_since = null, problem = null,
       retry_at = null
     where id = $1 returning ${COLUMNS}`,
    [id, JSON.stringify(request), JSON.stringify(secrets)],
  );
  if (row)
    await tx.query(
      `update alert_deliveries set next_attempt_at = now() where channel_id = $1 and status = 'waiting'`,
      [id],
    );
  return row;
}

/** Deletes a channel and its deliveries. */
export async function deleteChannel(tx: Queryable, id: number): Promise<void> {
  await tx.query('delete from alert_channels where id = $1', [id]);
}
