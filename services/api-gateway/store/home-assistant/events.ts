import type { AlertKind } from '#contract/rest/alerts';
import type { Queryable } from '../queryable.ts';
import type { StoredRange } from '../sources/sources.ts';
import { SITE_OF_ALERT } from './rotor-scans.ts';

/** An alert that was raised or cleared. */
export interface NewAlertEvent {
  id: number;
  /** Null: all that the alert was about is deleted. */
  site_id: number | null;
  event: 'raised' | 'cleared';
  at: Date;
  alert_id: number;
  kind: AlertKind;
  title: string;
  session_id: number | null;
  azimuth_deg: number | null;
  elevation_deg: number | null;
}

/** Locks events of alerts that are not published yet, oldest first. */
export function lockAlertEvents(
  tx: Queryable,
  siteIds: readonly number[],
  limit: number,
): Promise<NewAlertEvent[]> {
  return tx.query<NewAlertEvent>(
    `select e.id, ${SITE_OF_ALERT} as site_id, e.event, e.at, alerts.id as alert_id, alerts.kind, alerts.title,
       alerts.session_id, alerts.azimuth_deg, alerts.elevation_deg
     from alert_events e join alerts on alerts.id = e.alert_id
     where not e.is_published and e.event in ('raised', 'cleared')
       and coalesce(${SITE_OF_ALERT} = any($1::int[]), true)
     order by e.id limit $2 for update of e skip locked`,
    [siteIds, limit],
  );
}

/** An entry of the catalogue of a site that has just been added. */
export interface NewSource {
  id: number;
  site_id: number;
  name: string | null;
  azimuth_deg: number;
  elevation_deg: number;
  channels: StoredRange[];
  last_seen: Date;
  session_id: number | null;
}

/** Locks new sources that are not published yet, oldest first. */
export function lockNewSources(
  tx: Queryable,
  siteIds: readonly number[],
  limit: number,
): Promise<NewSource[]> {
  return tx.query<NewSource>(
    `select id, site_id, coalesce(name, identity) as name, azimuth_deg, elevation_deg, channels, last_seen,
       (select max(session_id) from sources where catalogue_id = catalogue.id) as session_id
     from catalogue where not is_published and site_id = any($1::int[]) and root_id is null and not is_known and not is_ignored
     order by id limit $2 for update skip locked`,
    [siteIds, limit],
  );
}

export async function markEventsPublished(tx: Queryable, ids: readonly number[]): Promise<void> {
  await tx.query('update alert_events set is_published = true where id = any($1::int[])', [ids]);
}

export async function markSourcesPublished(tx: Queryable, ids: readonly number[]): Promise<void> {
  await tx.query('update catalogue set is_published = true where id = any($1::int[])', [ids]);
}

/**
 * Marks events that are not news: older than this, or of other kinds. Without Home Assistant, none
 * is published.
 */
export async function skipOldEvents(db: Queryable, before: Date): Promise<void> {
  await db.query(
    `update alert_events set is_published = true where not is_published and (at < $1 or event not in ('raised', 'cleared'))`,
    [before],
  );
  await db.query(
    `update catalogue set is_published = true
     where not is_published and (last_seen < $1 or root_id is not null or is_known or is_ignored)`,
    [before],
  );
}
