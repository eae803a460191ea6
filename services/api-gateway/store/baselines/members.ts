import type { MemberStatus } from '#contract/anomaly-values';
import { SESSION_STATUSES, hasEnded } from '#contract/session-status';
import { binsOf, type Hours } from '../../domain/baselines/bins.ts';
import { markStale } from './baselines.ts';
import type { Queryable } from '../queryable.ts';

/** A session of a baseline. The ids of the sessions of a rotor increase with time. */
export interface MemberRow extends Hours {
  session_id: number;
  status: MemberStatus;
  reason: string | null;
  is_by_user: boolean;
  masked: number;
  started_at: Date | null;
  /** Of its comparison with the baseline; null: none is done. */
  anomalies: number | null;
  offset_db: number | null;
}

const ENDED = SESSION_STATUSES.filter(hasEnded);
const SELECT = `select m.session_id, m.status, m.reason, m.is_by_user, m.masked, m.local_hour, m.sidereal_hour, s.started_at,
    c.offset_db, case when c.status is not null then (
      select count(*)::int from anomalies a where a.session_id = m.session_id and a.baseline_id = m.baseline_id
    ) end as anomalies
  from baseline_sessions m join sessions s on s.id = m.session_id
  left join comparisons c on c.session_id = m.session_id and c.baseline_id = m.baseline_id and c.status = 'done'`;
/** Also requests the comparison of each session of `added`. */
const WITH_COMPARISONS = `insert into comparisons as c (session_id, baseline_id, status)
  select session_id, baseline_id, 'requested' from added
  on conflict (session_id, baseline_id) do update
    set status = 'requested', problem = null, finished_at = null, claim = null, claimed_until = null, requested_at = now()`;

/** The newest first. */
export function listMembers(
  db: Queryable,
  baselineId: number,
  page: { limit: number; before_id?: number | undefined; status?: MemberStatus | undefined },
): Promise<MemberRow[]> {
  return db.query<MemberRow>(
    `${SELECT} where m.baseline_id = $1 and ($3::int is null or m.session_id < $3) and ($4::text is null or m.status = $4)
     order by m.session_id desc limit $2`,
    [baselineId, page.limit, page.before_id ?? null, page.status ?? null],
  );
}

export async function findMember(
  db: Queryable,
  baselineId: number,
  sessionId: number,
): Promise<MemberRow | undefined> {
  const [row] = await db.query<MemberRow>(`${SELECT} where m.baseline_id = $1 and m.session_id = $2`, [
    baselineId,
    sessionId,
  ]);
  return row;
}

/** Adds ended sessions of the schedules of growing baselines; returns their number. */
export async function addScheduledSessions(db: Queryable): Promise<number> {
  const rows = await db.query(
    `with added as (
       insert into baseline_sessions (baseline_id, session_id, status)
       select b.id, r.session_id, 'waiting'
       from baselines b join schedule_runs r on r.schedule_id = b.schedule_id join sessions s on s.id = r.session_id
       where b.is_growing and s.status = any($1::text[]) and s.completed_points > 0
         and not exists (select from baseline_sessions m where m.baseline_id = b.id and m.session_id = r.session_id)
       on conflict do nothing returning baseline_id, session_id
     ) ${WITH_COMPARISONS} returning 1`,
    [ENDED],
  );
  return rows.length;
}

/** These sessions wait to be compared and included, also those that were excluded. */
export async function addWaiting(
  tx: Queryable,
  baselineId: number,
  sessionIds: readonly number[],
  isByUser: boolean,
): Promise<void> {
  await tx.query(
    `with added as (
       insert into baseline_sessions as m (baseline_id, session_id, status, is_by_user)
       select $1, id, 'waiting', $3 from unnest($2::int[]) as id
       on conflict (baseline_id, session_id) do update set status = 'waiting', is_by_user = $3, reason = null
       returning baseline_id, session_id
     ) ${WITH_COMPARISONS}`,
    [baselineId, sessionIds, isByUser],
  );
}

/** A user keeps an included session. */
export async function confirmMember(tx: Queryable, baselineId: number, sessionId: number): Promise<void> {
  await tx.query(
    'update baseline_sessions set is_by_user = true where baseline_id = $1 and session_id = $2',
    [baselineId, sessionId],
  );
}

/** The session has entered the statistics of its hours. The baseline must be locked. */
export async function includeMember(
  tx: Queryable,
  baselineId: number,
  member: Pick<MemberRow, 'session_id' | 'masked'> & Hours,
): Promise<void> {
  const { session_id, masked, local_hour, sidereal_hour } = member;
  await tx.query(
    `update baseline_sessions set status = 'included', reason = null, masked = $3, local_hour = $4, sidereal_hour = $5
     where baseline_id = $1 and session_id = $2`,
    [baselineId, session_id, masked, local_hour, sidereal_hour],
  );
  await markStale(tx, baselineId, binsOf(member));
}

/** Excludes a session; it leaves the statistics. The baseline must be locked. */
export async function excludeMember(
  tx: Queryable,
  baselineId: number,
  { session_id, reason, is_by_user }: Pick<MemberRow, 'session_id' | 'reason' | 'is_by_user'>,
): Promise<void> {
  const before = await findMember(tx, baselineId, session_id);
  await tx.query(
    `insert into baseline_sessions (baseline_id, session_id, status, reason, is_by_user) values ($1, $2, 'excluded', $3, $4)
     on conflict (baseline_id, session_id) do update set status = 'excluded', reason = $3, is_by_user = $4, masked = 0`,
    [baselineId, session_id, reason, is_by_user],
  );
  await tx.query('delete from baseline_levels where baseline_id = $1 and session_id = $2', [
    baselineId,
    session_id,
  ]);
  if (before?.status === 'included') await markStale(tx, baselineId, binsOf(before));
}
