import type { AlertEventKind, AlertKind, AlertStatus } from '#contract/rest/alerts';
import type { Range } from '../../domain/alerts/same-source.ts';
import type { Queryable } from '../queryable.ts';

export interface AlertRow {
  id: number;
  rule_id: number;
  schedule_id: number | null;
  baseline_id: number | null;
  kind: AlertKind;
  status: AlertStatus;
  title: string;
  reason: string | null;
  azimuth_deg: number | null;
  elevation_deg: number | null;
  error_deg: number | null;
  from_azimuth_deg: number | null;
  from_elevation_deg: number | null;
  z: number | null;
  change_db: number | null;
  channels: Range[];
  source: string | null;
  session_id: number | null;
  anomaly_id: number | null;
  catalogue_id: number | null;
  sessions_seen: number;
  sessions_without: number;
  raised_at: Date;
  last_seen_at: Date;
  acknowledged_at: Date | null;
  note: string | null;
  silent_until: Date | null;
  cleared_at: Date | null;
  is_announced: boolean;
  revision: number;
}

const COLUMNS = `id, rule_id, schedule_id, baseline_id, kind, status, title, reason, azimuth_deg, elevation_deg, error_deg,
  from_azimuth_deg, from_elevation_deg, z, change_db, channels, source, session_id, anomaly_id, catalogue_id, sessions_seen,
  sessions_without, raised_at, last_seen_at, acknowledged_at, note, silent_until, cleared_at, is_announced, revision`;

export interface AlertFilter {
  status?: AlertStatus | undefined;
  kind?: AlertKind | undefined;
  schedule?: number | undefined;
  before_id?: number | undefined;
  limit: number;
}

/** Newest first. */
export function listAlerts(db: Queryable, filter: AlertFilter): Promise<AlertRow[]> {
  const { status, kind, schedule, before_id, limit } = filter;
  return db.query<AlertRow>(
    `select ${COLUMNS} from alerts
     where ($1::text is null or status = $1) and ($2::text is null or kind = $2) and ($3::int is null or schedule_id = $3)
       and ($4::int is null or id < $4)
     order by id desc limit $5`,
    [status ?? null, kind ?? null, schedule ?? null, before_id ?? null, limit],
  );
}

/** Alerts that are not cleared, newest first, and their number. */
export async function listActive(
  db: Queryable,
  limit: number,
): Promise<{ total: number; alerts: AlertRow[] }> {
  const [row] = await db.query<{ total: number }>(
    `select count(*)::int as total from alerts where status <> 'cleared'`,
  );
  const alerts = await db.query<AlertRow>(
    `select ${COLUMNS} from alerts where status <> 'cleared' order by id desc limit $1`,
    [limit],
  );
  return { total: row?.total ?? 0, alerts };
}

export async function findAlert(db: Queryable, id: number): Promise<AlertRow | undefined> {
  const [row] = await db.query<AlertRow>(`select ${COLUMNS} from alerts where id = $1`, [id]);
  return row;
}

export async function lockAlert(tx: Queryable, id: number): Promise<AlertRow | undefined> {
  const [row] = await tx.query<AlertRow>(`select ${COLUMNS} from alerts where id = $1 for update`, [id]);
  return row;
}

/** Locks alerts that have changed since they were published, oldest first. */
export function lockUnpublishedAlerts(tx: Queryable, limit: number): Promise<AlertRow[]> {
  return tx.query<AlertRow>(
    `select ${COLUMNS} from alerts where revision <> published_revision order by id limit $1 for update skip locked`,
    [limit],
  );
}

/** Locks the alerts of a rule and a baseline that are not cleared, or were so after `since`. */
export function lockAlertsOf(
  tx: Queryable,
  ruleId: number,
  baselineId: number,
  since: Date,
): Promise<AlertRow[]> {
  return tx.query<AlertRow>(
    `select ${COLUMNS} from alerts
     where rule_id = $1 and baseline_id = $2 and kind not in ('no_data', 'scan_failed')
       and (status <> 'cleared' or raised_at > $3 or silent_until > now())
     order by id for update`,
    [ruleId, baselineId, since],
  );
}

/** Locks the alerts of a rule about a schedule that are not cleared. */
export function lockScheduleAlerts(tx: Queryable, ruleId: number, scheduleId: number): Promise<AlertRow[]> {
  return tx.query<AlertRow>(
    `select ${COLUMNS} from alerts where rule_id = $1 and schedule_id = $2 and kind in ('no_data', 'scan_failed')
       and status <> 'cleared' order by id for update`,
    [ruleId, scheduleId],
  );
}

/** Whether such an alert was raised after `since`, or is silenced. */
export async function wasRaisedAfter(
  tx: Queryable,
  { ruleId, scheduleId, kind }: { ruleId: number; scheduleId: number | null; kind: AlertKind },
  since: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `select from alerts where rule_id = $1 and schedule_id = $2 and kind = $3 and (raised_at > $4 or silent_until > now()) limit 1`,
    [ruleId, scheduleId, kind, since],
  );
  return rows.length > 0;
}

/** Locks the alerts that no rule covers any more, with the reason. */
export function lockUncovered(tx: Queryable): Promise<{ id: number; reason: string }[]> {
  return tx.query<{ id: number; reason: string }>(
    `select a.id, case
         when not (r.request ->> 'is_enabled')::boolean then 'the rule is disabled'
         when not r.request -> 'kinds' ? a.kind or r.schedule_id is distinct from a.schedule_id and r.schedule_id is not null
           then 'the rule was changed'
         when a.kind not in ('no_data', 'scan_failed') then 'the baseline was deleted'
         when s.id is null then 'the schedule was deleted'
         else 'the schedule is paused' end as reason
     from alerts a join alert_rules r on r.id = a.rule_id left join schedules s on s.id = a.schedule_id
     where a.status <> 'cleared' and (
       not (r.request ->> 'is_enabled')::boolean or not r.request -> 'kinds' ? a.kind
       or r.schedule_id is not null and r.schedule_id is distinct from a.schedule_id
       or a.kind not in ('no_data', 'scan_failed') and a.baseline_id is null
       or a.kind in ('no_data', 'scan_failed') and (s.id is null or s.is_paused))
     order by a.id for update of a`,
  );
}

/** What an alert begins with; the rest has defaults. */
export type NewAlert = Pick<AlertRow, 'rule_id' | 'kind' | 'title' | 'raised_at' | 'last_seen_at'> &
  Partial<Omit<AlertRow, 'id' | 'revision'>>;

/** Adds an alert, and its topic. */
export async function insertAlert(tx: Queryable, alert: NewAlert): Promise<AlertRow> {
  const entries = Object.entries(alert);
  const [row] = await tx.query<AlertRow>(
    `insert into alerts (${entries.map(([name]) => name).join(', ')})
     values (${entries.map((_, index) => `$${index + 1}`).join(', ')}) returning ${COLUMNS}`,
    entries.map(([name, value]) => (name === 'channels' ? JSON.stringify(value) : value)),
  );
  if (!row) throw new Error('insert returned no row');
  await keepTopic(tx, row.id);
  return row;
}

/** The broker may retain a message of the alert from now on. */
async function keepTopic(tx: Queryable, id: number): Promise<void> {
  await tx.query('insert into alert_topics values ($1) on conflict do nothing', [id]);
}

/** Changes columns of an alert; MQTT publishes it again. */
export async function changeAlert(
  tx: Queryable,
  id: number,
  change: Partial<Omit<AlertRow, 'id' | 'revision'>>,
): Promise<AlertRow> {
  const entries = Object.entries(change);
  const sets = entries.map(([name], index) => `, ${name} = $${index + 2}`).join('');
  const [row] = await tx.query<AlertRow>(
    `update alerts set revision = revision + 1${sets} where id = $1 returning ${COLUMNS}`,
    [id, ...entries.map(([name, value]) => (name === 'channels' ? JSON.stringify(value) : value))],
  );
  if (!row) throw new Error(`alert ${id} is not locked`);
  if (change.status === 'open') await keepTopic(tx, id);
  return row;
}

/** Counts a session without it; nothing that is published changes. */
export async function countMiss(tx: Queryable, id: number): Promise<void> {
  await tx.query('update alerts set sessions_without = sessions_without + 1 where id = $1', [id]);
}

export interface AlertEventRow {
  id: number;
  event: AlertEventKind;
  at: Date;
  session_id: number | null;
  kind: AlertKind | null;
  z: number | null;
  change_db: number | null;
  note: string | null;
}

export async function insertEvent(
  tx: Queryable,
  alertId: number,
  { event, at, ...more }: Pick<AlertEventRow, 'event' | 'at'> & Partial<AlertEventRow>,
): Promise<void> {
  await tx.query(
    `insert into alert_events (alert_id, event, at, session_id, kind, z, change_db, note)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      alertId,
      event,
      at,
      more.session_id ?? null,
      more.kind ?? null,
      more.z ?? null,
      more.change_db ?? null,
      more.note ?? null,
    ],
  );
}

/** Oldest first; of many the newest ones. */
export async function listEvents(db: Queryable, alertId: number): Promise<AlertEventRow[]> {
  const rows = await db.query<AlertEventRow>(
    `select id, event, at, session_id, kind, z, change_db, note from alert_events where alert_id = $1
     order by id desc limit 1000`,
    [alertId],
  );
  return rows.reverse();
}
