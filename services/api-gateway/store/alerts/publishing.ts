import type { Queryable } from '../queryable.ts';
import { lockUnpublishedAlerts, type AlertRow } from './alerts.ts';

/** Whether this transaction publishes, until it ends, and whether the list has to be published. */
export async function takePublishing(tx: Queryable): Promise<{ isListPublished: boolean } | undefined> {
  const [row] = await tx.query<{ is_list_published: boolean }>(
    'select is_list_published from alert_publishing for update skip locked',
  );
  return row && { isListPublished: row.is_list_published };
}

/** Everything is published again: a broker may have lost what it retained. */
export async function publishAllAgain(tx: Queryable): Promise<void> {
  await tx.query(`update alerts set published_revision = 0 where status <> 'cleared'`);
  await tx.query(
    `insert into alert_topics select id from alerts where status <> 'cleared' on conflict do nothing`,
  );
  await tx.query('update alert_publishing set is_list_published = false');
}

/** Locks changed alerts, then finds the topics of deleted ones. */
export async function lockUnpublished(
  tx: Queryable,
  limit: number,
): Promise<{ changed: AlertRow[]; deleted: number[] }> {
  const changed = await lockUnpublishedAlerts(tx, limit);
  const deleted = await tx.query<{ alert_id: number }>(
    `select alert_id from alert_topics where not exists (select from alerts where id = alert_id) order by alert_id limit $1`,
    [limit],
  );
  return { changed, deleted: deleted.map(({ alert_id }) => alert_id) };
}

export async function markAlertsPublished(tx: Queryable, ids: readonly number[]): Promise<void> {
  await tx.query('update alerts set published_revision = revision where id = any($1::int[])', [ids]);
}

export async function markListPublished(tx: Queryable): Promise<void> {
  await tx.query('update alert_publishing set is_list_published = true');
}

/** The broker retains nothing for these alerts any more. */
export async function forgetTopics(tx: Queryable, ids: readonly number[]): Promise<void> {
  await tx.query('delete from alert_topics where alert_id = any($1::int[])', [ids]);
}
