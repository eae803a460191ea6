-- Above the WGS 84 ellipsoid; null: 0 m.
alter table sites add column height_m double precision;

-- Where sources of several sites cross.
create table ground_places (
  id integer primary key generated always as identity,
  -- confirmed, possible or ghost
  status text not null,
  -- Why it is not confirmed.
  note text,
  latitude_deg double precision not null,
  longitude_deg double precision not null,
  -- Of east and north, m^2.
  covariance_ee double precision not null,
  covariance_en double precision not null,
  covariance_nn double precision not null,
  crossing_deg double precision not null,
  chi_square double precision not null,
  consistency double precision not null,
  -- As published: the 95 % ellipse or region.
  area jsonb not null,
  -- As published, with site, session and source.
  bearings jsonb not null,
  -- Of the bearings, ascending.
  site_ids integer[] not null,
  session_ids integer[] not null,
  source_ids bigint[] not null,
  -- When any of its sources was seen.
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  created_at timestamptz not null default now()
);
create index ground_places_seen on ground_places (last_seen desc, id);
create index ground_places_sessions on ground_places using gin (session_ids);
create index ground_places_sources on ground_places using gin (source_ids);
