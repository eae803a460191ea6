import type { AlertRuleRequest } from '#contract/rest/alerts';
import type { Queryable } from '../queryable.ts';

export interface RuleRow {
  id: number;
  request: AlertRuleRequest;
  created_at: Date;
}

const COLUMNS = `id, request || jsonb_build_object('schedule_id', schedule_id) as request, created_at`;

/** All rules, oldest first. */
export function listRules(db: Queryable): Promise<RuleRow[]> {
  return db.query<RuleRow>(`select ${COLUMNS} from alert_rules order by id`);
}

export async function findRule(db: Queryable, id: number): Promise<RuleRow | undefined> {
  const [row] = await db.query<RuleRow>(`select ${COLUMNS} from alert_rules where id = $1`, [id]);
  return row;
}

export async function insertRule(
  tx: Queryable,
  { schedule_id, ...request }: AlertRuleRequest,
): Promise<RuleRow> {
  const [row] = await tx.query<RuleRow>(
    `insert into alert_rules (schedule_id, request) values ($1, $2) returning ${COLUMNS}`,
    [schedule_id, JSON.stringify(request)],
  );
  if (!row) throw new Error('insert returned no row');
  return row;
}

/** Undefined: there is no such rule. */
export async function changeRule(
  tx: Queryable,
  id: number,
  { schedule_id, ...request }: AlertRuleRequest,
): Promise<RuleRow | undefined> {
  const [row] = await tx.query<RuleRow>(
    `update alert_rules set schedule_id = $2, request = $3 where id = $1 returning ${COLUMNS}`,
    [id, schedule_id, JSON.stringify(request)],
  );
  return row;
}

/** Deletes a rule and its alerts. */
export async function deleteRule(tx: Queryable, id: number): Promise<void> {
  await tx.query('delete from alert_rules where id = $1', [id]);
}

/** Rules no longer send to a channel. */
export async function removeChannelFromRules(tx: Queryable, channelId: number): Promise<void> {
  await tx.query(
    `update alert_rules set request = jsonb_set(request, '{channel_ids}', coalesce(
       (select jsonb_agg(one.value) from jsonb_array_elements(request -> 'channel_ids') as one (value)
        where one.value <> to_jsonb($1::int)), '[]'))
     where request -> 'channel_ids' @> to_jsonb($1::int)`,
    [channelId],
  );
}

/** Those of the ids that are no channels. */
export async function missingChannels(tx: Queryable, ids: readonly number[]): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(
    `select id from unnest($1::int[]) as id where id not in (select id from alert_channels) order by id`,
    [ids],
  );
  return rows.map(({ id }) => id);
}
