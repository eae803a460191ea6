import { SESSION_STATUSES, hasEnded } from '#contract/session-status';
import type { Queryable } from '../queryable.ts';
import { TILE_POINTS } from './layout.ts';

/** A session with a tile that can be packed. */
export interface PackableSession {
  id: number;
  completed_points: number;
  has_ended: boolean;
}

/** Sessions with rows of a complete tile, or with any rows after their end. */
export function listPackable(db: Queryable): Promise<PackableSession[]> {
  return db.query<PackableSession>(
    `select s.id, s.completed_points, s.status = any($1::text[]) as has_ended
     from (select session_id, min(seq) as first from spectrum_rows group by session_id) due join sessions s on s.id = due.session_id
     where s.status = any($1::text[]) or ((due.first - 1) / ${TILE_POINTS} + 1) * ${TILE_POINTS} <= s.completed_points
     order by s.id`,
    [SESSION_STATUSES.filter(hasEnded)],
  );
}
