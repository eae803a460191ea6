import type { SessionStatus } from '#contract/session-status';
import { hasEnded } from '#contract/session-status';
import { notify } from '../listen.ts';
import type { Queryable } from '../queryable.ts';

/** Notified when a session was deleted, with its id. */
export const DELETIONS = 'skyscan_deletions';

/** Why a session is not deleted. */
export type DeletionRefusal =
  | { because: 'unknown' }
  | { because: 'active'; status: SessionStatus }
  | { because: 'baseline'; names: string[] }
  | { because: 'pointing' };

/** What baselines use: the others were left out. */
const USED = ['included', 'waiting'];

/**
 * Deletes a session with its searches and sources, in a transaction; its points and spectra are
 * removed later (`purge.ts`). The history of schedules keeps its id. Returns undefined if it was
 * deleted.
 */
export async function deleteSession(tx: Queryable, id: number): Promise<DeletionRefusal | undefined> {
  // A baseline that is adding the session holds its row; its rows are read after that.
  const [session] = await tx.query<{ status: SessionStatus; site_id: number }>(
    'select status, site_id from sessions where id = $1 for update',
    [id],
  );
  if (!session) return { because: 'unknown' };
  if (!hasEnded(session.status)) return { because: 'active', status: session.status };
  const uses = await tx.query<{ name: string; status: string }>(
    `select name, status from baseline_sessions join baselines on baselines.id = baseline_id
     where session_id = $1 order by baselines.id for update of baseline_sessions`,
    [id],
  );
  const names = uses.filter(({ status }) => USED.includes(status)).map(({ name }) => name);
  if (names.length > 0) return { because: 'baseline', names };
  const pointing = `select from pointing_jobs where status = 'running' and session_ids @> array[$1::integer]`;
  if ((await tx.query(pointing, [id])).length > 0) return { because: 'pointing' };
  await tx.query(
    'update schedule_runs set removed_session_id = session_id, removed_at = now() where session_id = $1',
    [id],
  );
  await tx.query('delete from sessions where id = $1', [id]);
  await tx.query('insert into deleted_sessions (id, site_id) values ($1, $2)', [id, session.site_id]);
  await notify(tx, DELETIONS, String(id));
  return undefined;
}

/** Whether a session of the site was deleted. */
export async function wasDeleted(db: Queryable, id: number, siteId: number): Promise<boolean> {
  const sql = 'select from deleted_sessions where id = $1 and site_id = $2';
  return (await db.query(sql, [id, siteId])).length > 0;
}
