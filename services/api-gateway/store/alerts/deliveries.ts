import type { AlertDelivery } from '#contract/rest/alert-channels';
import type { Alert } from '#contract/rest/alerts';
import type { AlertEventName, SessionEvent, SessionNotice } from '#contract/notifications';
import type { Queryable } from '../queryable.ts';

export interface DeliveryRow {
  id: number;
  event_id: string;
  channel_id: number;
  /** Of an alert or of a session. */
  alert_id: number | null;
  session_id: number | null;
  event: AlertDelivery['event'];
  alert: Alert | null;
  session: SessionNotice | null;
  status: AlertDelivery['status'];
  attempts: number;
  problem: string | null;
  created_at: Date;
  next_attempt_at: Date;
  ended_at: Date | null;
}

const COLUMNS = `id, event_id, channel_id, alert_id, session_id, event, alert, session, status, attempts, problem, created_at, next_attempt_at, ended_at`;
/** A gateway that delivers has ended after this time. */
const CLAIM = `interval '45 s'`;
const MAX_AGE = `interval '24 hours'`;
/** Pause after the first failure, s; doubles with each further one. */
const FIRST_RETRY_S = 30;
/** Longest pause of a message, and of a channel whose next message may work, s. */
const MAX_RETRY_S = 3_600;
const MAX_CHANNEL_RETRY_S = 300;

/** Queues an event of an alert for those of the channels that are enabled. */
export async function queueDeliveries(
  tx: Queryable,
  event: AlertEventName,
  alert: Alert,
  channelIds: readonly number[],
): Promise<void> {
  await tx.query(
    `insert into alert_deliveries (channel_id, alert_id, event, alert)
     select id, $2, $3, $4 from alert_channels
     where id = any($1::int[]) and (request ->> 'is_enabled')::boolean order by id`,
    [channelIds, alert.id, event, JSON.stringify(alert)],
  );
}

/** Queues an event of a session for the channels that want it. */
export async function queueSessionDeliveries(
  tx: Queryable,
  event: SessionEvent,
  session: SessionNotice,
): Promise<void> {
  await tx.query(
    `insert into alert_deliveries (channel_id, session_id, event, session)
     select id, $1, $2, $3 from alert_channels
     where request -> 'session_events' ? $2 and (request ->> 'is_enabled')::boolean order by id`,
    [session.id, event, JSON.stringify(session)],
  );
}

export interface DeliveryFilter {
  channel?: number | undefined;
  alert?: number | undefined;
  before_id?: number | undefined;
  limit: number;
}

/** Newest first. */
export function listDeliveries(db: Queryable, filter: DeliveryFilter): Promise<DeliveryRow[]> {
  const { channel, alert, before_id, limit } = filter;
  return db.query<DeliveryRow>(
    `select ${COLUMNS} from alert_deliveries
     where ($1::int is null or channel_id = $1) and ($2::int is null or alert_id = $2) and ($3::int is null or id < $3)
     order by id desc limit $4`,
    [channel ?? null, alert ?? null, before_id ?? null, limit],
  );
}

/** An earlier message of an alert or of a session is never overtaken. */
const NEXT = `d.status = 'waiting' and not exists (select from alert_deliveries earlier where earlier.status = 'waiting' and earlier.id < d.id
    and earlier.channel_id = d.channel_id and (earlier.alert_id = d.alert_id or earlier.session_id = d.session_id))`;
/** A delivery may be tried now. */
const DUE = `d.next_attempt_at <= now() and (d.claimed_until is null or d.claimed_until < now()) and ${NEXT}`;

/** When the next delivery is due, ms from now; undefined: none waits. */
export async function nextDeliveryInMs(db: Queryable): Promise<number | undefined> {
  const [row] = await db.query<{ ms: number | null }>(
    `select (extract(epoch from min(greatest(d.next_attempt_at, d.claimed_until, c.retry_at)) - now()) * 1000)::float8 as ms
     from alert_deliveries d join alert_channels c on c.id = d.channel_id where ${NEXT}`,
  );
  return row?.ms ?? undefined;
}

/** The channels with deliveries that may be tried now. */
export async function dueChannels(db: Queryable): Promise<number[]> {
  const rows = await db.query<{ id: number }>(
    `select id from alert_channels c where (retry_at is null or retry_at <= now())
       and exists (select from alert_deliveries d where d.channel_id = c.id and ${DUE})`,
  );
  return rows.map(({ id }) => id);
}

/** Takes the oldest delivery of a channel that may be tried now. */
export async function claimDelivery(
  db: Queryable,
  channelId: number,
  claim: string,
): Promise<DeliveryRow | undefined> {
  const [row] = await db.query<DeliveryRow>(
    `update alert_deliveries set claim = $2, claimed_until = now() + ${CLAIM}, attempts = attempts + 1 where id =
       (select d.id from alert_deliveries d join alert_channels c on c.id = d.channel_id
        where channel_id = $1 and (c.retry_at is null or c.retry_at <= now()) and ${DUE}
        order by next_attempt_at, d.id limit 1 for update of d skip locked)
     returning ${COLUMNS}`,
    [channelId, claim],
  );
  return row;
}

/** Whether a delivery is still this gateway's. */
const MINE = `where id = $1 and claim = $2 and status = 'waiting'`;

export async function endDelivered(
  db: Queryable,
  { id, channel_id }: DeliveryRow,
  claim: string,
): Promise<void> {
  await db.query(
    `update alert_deliveries set status = 'delivered', problem = null, ended_at = now(), claim = null, claimed_until = null ${MINE}`,
    [id, claim],
  );
  await db.query(
    `update alert_channels set failures = 0, failing_since = null, problem = null, retry_at = null
     where id = $1 and (failures > 0 or retry_at is not null)`,
    [channel_id],
  );
}

/** Returns whether it was given up. */
export async function endFailed(
  db: Queryable,
  { id, channel_id }: DeliveryRow,
  claim: string,
  problem: string,
): Promise<boolean> {
  const [row] = await db.query<{ status: string }>(
    `update alert_deliveries set problem = $3, claim = null, claimed_until = null,
       status = case when created_at < now() - ${MAX_AGE} then 'failed' else 'waiting' end,
       ended_at = case when created_at < now() - ${MAX_AGE} then now() end,
       next_attempt_at = now() + least(${FIRST_RETRY_S} * 2 ^ least(attempts - 1, 20), ${MAX_RETRY_S}) * interval '1 s'
     ${MINE} returning status`,
    [id, claim, problem],
  );
  if (!row) return false;
  await db.query(
    `update alert_channels set failures = failures + 1, failing_since = coalesce(failing_since, now()), problem = $2,
       retry_at = now() + least(${FIRST_RETRY_S} * 2 ^ least(failures, 20), ${MAX_CHANNEL_RETRY_S}) * interval '1 s'
     where id = $1`,
    [channel_id, problem],
  );
  return row.status === 'failed';
}

/** Gives a delivery back that was interrupted. */
export async function releaseDelivery(db: Queryable, { id }: DeliveryRow, claim: string): Promise<void> {
  await db.query(
    `update alert_deliveries set claim = null, claimed_until = null, attempts = attempts - 1 ${MINE}`,
    [id, claim],
  );
}

export async function scheduleNameOf(db: Queryable, scheduleId: number | null): Promise<string | null> {
  const [row] = await db.query<{ name: string }>(
    `select request ->> 'name' as name from schedules where id = $1`,
    [scheduleId],
  );
  return row?.name ?? null;
}
