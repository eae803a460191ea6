-- Views for Grafana and other readers: their columns keep names, types and units (docs/prometheus.md). They run with the
-- rights of their owner, so that a role which may read them needs no rights on the tables.
create view public_sites as
  select id as site_id, name as site, latitude_deg, longitude_deg, height_m from sites;

create view public_rotors as
  select r.id as rotor_id, r.name as rotor, r.site_id, s.name as site, r.created_at
  from rotors r join sites s on s.id = r.site_id;

create view public_sessions as
  select e.id as session_id, e.site_id, s.name as site, e.rotor_id, e.rotor ->> 'name' as rotor, e.status,
    e.created_at, e.started_at, e.finished_at, e.elapsed_s, e.completed_points, e.total_points,
    e.az_start as az_start_deg, e.az_end as az_end_deg, e.el_start as el_start_deg, e.el_end as el_end_deg, e.step_deg,
    (e.rotor ->> 'center_frequency_hz')::float8 as center_frequency_hz, e.notes
  from sessions e join sites s on s.id = e.site_id;

create view public_points as
  select p.session_id, p.seq, p.measured_at, p.setpoint_az as setpoint_azimuth_deg, p.setpoint_el as setpoint_elevation_deg,
    p.azimuth as azimuth_deg, p.elevation as elevation_deg, p.mean_dbm as mean_db, p.median_dbm as median_db,
    p.std_db, p.min_dbm as min_db, p.max_dbm as max_db, p.reads, p.integration_ms, p.flags
  from points p;

create view public_sources as
  select id as source_id, site_id, coalesce(name, identity) as name, azimuth_deg, elevation_deg, is_known, first_seen, last_seen
  from catalogue where merged_into is null and not is_ignored;

create view public_alerts as
  select id as alert_id, kind, status, title, reason, azimuth_deg, elevation_deg, session_id, raised_at, last_seen_at, cleared_at
  from alerts;

-- The number of sessions of each status, for every scrape of the metrics.
create index sessions_status on sessions (status);
