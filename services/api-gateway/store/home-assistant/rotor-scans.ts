import type { SiteStateMessage } from '#contract/rotor-state-messages';
import type { SessionStatus } from '#contract/session-status';
import type { StoredFault } from '../../domain/stored-fault.ts';
import type { Queryable } from '../queryable.ts';

/** The scan of a rotor: the one in progress, else the last one. */
export interface RotorScanRow {
  rotor_id: number;
  session_id: number;
  status: SessionStatus;
  completed_points: number;
  total_points: number;
  started_at: Date | null;
  finished_at: Date | null;
  eta: Date | null;
  resumes_itself: boolean | null;
  fault: StoredFault | null;
  notes: string | null;
  /** Of the last point; null: there is none. */
  mean_dbm: number | null;
  is_calibrated: boolean | null;
  measured_at: Date | null;
}

/** At most one scan for each of the rotors. */
export function listRotorScans(db: Queryable, rotorIds: readonly number[]): Promise<RotorScanRow[]> {
  return db.query<RotorScanRow>(
    `select rotor_id, s.id as session_id, status, completed_points, total_points, started_at, finished_at, eta, resumes_itself,
       fault, notes, point.*
     from unnest($1::int[]) as rotor (id)
     join sessions s on s.id = coalesce(
       (select id from sessions where rotor_id = rotor.id and status in ('pending', 'running', 'paused')
        order by status = 'pending', id limit 1),
       (select max(id) from sessions where rotor_id = rotor.id))
     left join lateral (
       select mean_dbm, not ('uncalibrated' = any(flags)) as is_calibrated, measured_at from points
       where session_id = s.id order by seq desc limit 1
     ) point on true`,
    [rotorIds],
  );
}

/** The numbers of scans and alerts of each of these sites. */
export function countOfSites(db: Queryable, siteIds: readonly number[]): Promise<SiteStateMessage[]> {
  return db.query<SiteStateMessage>(
    `select site.id as site_id,
       (select count(*)::int from sessions where site_id = site.id and status = 'running') as running,
       (select count(*)::int from sessions where site_id = site.id and status = 'paused') as paused,
       (select count(*)::int from alerts where status <> 'cleared' and ${SITE_OF_ALERT} = site.id) as alerts
     from unnest($1::int[]) as site (id)`,
    [siteIds],
  );
}

/** The site of a row of `alerts`; null if all that it was about is deleted. */
export const SITE_OF_ALERT = `coalesce(
  (select rotors.site_id from schedules join rotors on rotors.id = schedules.rotor_id where schedules.id = alerts.schedule_id),
  (select baselines.site_id from baselines where baselines.id = alerts.baseline_id),
  (select sessions.site_id from sessions where sessions.id = alerts.session_id))`;
