import type { Queryable } from '../queryable.ts';

/** In how many of the newest searched sessions an entry of the catalogue was seen. */
export interface Coverage {
  sessions_seen: number;
  /** Those that would have seen it; null: it moves, so that this is unknown. */
  sessions_covered: number | null;
}

/** The newest sessions of a site that are counted. */
const COVERAGE_SESSIONS = 1_000;
/** What stays where it is. */
const FIXED_KINDS = ['emitter', 'geostationary'];

/**
 * Of entries that are not merged into another one. A session with all its points covers an entry if
 * its area, half a step wider, contains the place of the newest sighting, and one of its bands a
 * frequency.
 */
export async function coverageOf(db: Queryable, ids: readonly number[]): Promise<Map<number, Coverage>> {
  // Sessions with the same area and bands are compared once: schedules repeat them.
  const rows = await db.query<Coverage & { id: number }>(
    `with entry as materialized (
       select c.id, c.site_id, newest.azimuth_deg, newest.elevation_deg, (
           select range_agg(numrange(from_hz, to_hz)) from jsonb_to_recordset(newest.channels) as r(from_hz numeric, to_hz numeric)
         ) as channels,
         not ('moving' = any(coalesce(last.flags, '{}'))) and (newest.identity is null or exists (
           select from jsonb_to_recordset(last.candidates) as k(name text, kind text)
           where name = newest.identity and kind = any($3::text[])
         )) as is_fixed
       from catalogue c cross join lateral (
         select * from catalogue where entry_id = c.id order by last_seen desc, id desc limit 1
       ) newest left join lateral (
         select flags, candidates from sources where catalogue_id = newest.id order by last_seen desc limit 1
       ) last on true
       where c.id = any($1)
     ), session as materialized (
       select s.*, (
           select range_agg(numrange(centre - width / 2, centre + width / 2)) from (
             select (b->>'center_frequency_hz')::numeric as centre, (b->>'bandwidth_hz')::numeric as width
             from jsonb_array_elements(coalesce(nullif(s.bands, 'null'), jsonb_build_array(s.rotor))) as b
           ) as band
         ) as ranges
       from (select distinct site_id from entry) as site cross join lateral (
         select sessions.id, sessions.site_id, completed_points = total_points as is_complete, el_start, el_end, az_start,
           az_end - az_start - case when az_end < az_start then 360 * floor((az_end - az_start) / 360) else 0 end as span_deg,
           step_deg, bands, rotor
         from sessions join source_searches on session_id = sessions.id
         where sessions.site_id = site.site_id and version is not null and source_searches.status <> 'failed'
         order by sessions.id desc limit $2
       ) as s
     ), planned as materialized (
       select *, dense_rank() over (order by site_id, az_start, span_deg, el_start, el_end, step_deg, ranges) as plan
       from session
     ), plan as materialized (
       select distinct on (plan) *, count(*) filter (where is_complete) over (partition by plan) as sessions from planned
     ), covers as materialized (
       select entry.id, plan, sessions from entry join plan on plan.site_id = entry.site_id
       where is_fixed and elevation_deg between el_start - step_deg / 2 and el_end + step_deg / 2
         and azimuth_deg - az_start + step_deg / 2 - 360 * floor((azimuth_deg - az_start + step_deg / 2) / 360)
           <= span_deg + step_deg
         and ranges && channels
     ), seen as materialized (
       select distinct entry_id, planned.id, plan, is_complete
       from sources join catalogue on catalogue.id = catalogue_id join planned on planned.id = session_id
       where entry_id = any($1)
     ), counted as (
       select entry_id, count(*) as sessions, count(*) filter (where covers.id is null or not is_complete) as uncovered
       from seen left join covers on covers.id = entry_id and covers.plan = seen.plan
       group by entry_id
     )
     select entry.id, coalesce(counted.sessions, 0)::int as sessions_seen, case when is_fixed then
         (coalesce(uncovered, 0) + coalesce((select sum(sessions) from covers where covers.id = entry.id), 0))::int
       end as sessions_covered
     from entry left join counted on entry_id = entry.id`,
    [ids, COVERAGE_SESSIONS, FIXED_KINDS],
  );
  return new Map(rows.map(({ id, ...coverage }) => [id, coverage]));
}
