-- What the sky of a rotor usually looks like.
create table baselines (
  id integer generated always as identity primary key,
  site_id integer not null references sites on delete cascade,
  rotor_id integer not null references rotors on delete cascade,
  -- Its sessions are added; null: only named ones.
  schedule_id integer references schedules on delete set null,
  name text not null,
  is_growing boolean not null default true,
  -- What sessions must have to be compared, of the first one; null: no session yet.
  setup jsonb,
  -- [{ band, from_hz, to_hz }]; whole bands first, then their parts.
  bands jsonb not null default '[]',
  -- Azimuth and elevation of each cell, degrees (float32, little endian).
  cells bytea,
  created_at timestamptz not null default now()
);
create index on baselines (schedule_id);

create table baseline_sessions (
  baseline_id integer not null references baselines on delete cascade,
  session_id integer not null references sessions on delete cascade,
  -- waiting, included or excluded
  status text not null,
  reason text,
  is_by_user boolean not null default false,
  -- Cells left out because of anomalies.
  masked integer not null default 0,
  -- Hours of local and of local sidereal time at its middle, 0 to 23.
  local_hour smallint,
  sidereal_hour smallint,
  primary key (baseline_id, session_id)
);
create index on baseline_sessions (session_id);

-- Levels of an included session at the cells, without its drift: 0.01 dB (int16, little endian); -32768: none.
create table baseline_levels (
  baseline_id integer not null,
  session_id integer not null,
  band smallint not null,
  levels bytea not null,
  primary key (baseline_id, session_id, band),
  foreign key (baseline_id, session_id) references baseline_sessions on delete cascade
);
alter table baseline_levels alter levels set storage external;

create table baseline_statistics (
  baseline_id integer not null references baselines on delete cascade,
  -- all, hour:13 or sidereal:07
  bin text not null,
  band smallint not null,
  sessions integer not null,
  spread_db real,
  -- Count, centre (dBm or dBFS) and spread (dB) of each cell (float32, little endian); NaN: none.
  statistics bytea not null,
  primary key (baseline_id, bin, band)
);
alter table baseline_statistics alter statistics set storage external;

-- The comparison of a session with a baseline by sky-analyst.
create table comparisons (
  session_id integer not null references sessions on delete cascade,
  baseline_id integer not null references baselines on delete cascade,
  -- requested, running, done or failed
  status text not null,
  problem text,
  version integer,
  bin text,
  sessions integer,
  offset_db real,
  noise_scale real,
  requested_at timestamptz not null default now(),
  finished_at timestamptz,
  -- When the rules of the alerts have seen it; null: not yet.
  evaluated_at timestamptz,
  claim text,
  claimed_until timestamptz,
  primary key (session_id, baseline_id)
);
create index on comparisons (finished_at) where status = 'done' and evaluated_at is null;

-- Level, usual level, change and z of each cell (float32, little endian); NaN: none.
create table comparison_maps (
  session_id integer not null,
  baseline_id integer not null,
  band smallint not null,
  values bytea not null,
  primary key (session_id, baseline_id, band),
  foreign key (session_id, baseline_id) references comparisons on delete cascade
);
alter table comparison_maps alter values set storage external;

create table anomalies (
  id integer generated always as identity primary key,
  session_id integer not null,
  baseline_id integer not null,
  -- From 1, the largest |z| first.
  number integer not null,
  -- new, gone, brighter, fainter or moved
  kind text not null,
  azimuth_deg double precision not null,
  elevation_deg double precision not null,
  azimuth_error_deg double precision not null,
  elevation_error_deg double precision not null,
  -- In the plane that touches the sky, x right and y up, degrees^2.
  covariance_xx double precision not null,
  covariance_xy double precision not null,
  covariance_yy double precision not null,
  z double precision not null,
  change_db double precision not null,
  change_error_db double precision,
  -- Where a source that has moved usually is.
  from_azimuth_deg double precision,
  from_elevation_deg double precision,
  -- [{ from_hz, to_hz }]
  channels jsonb not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  catalogue_id integer references catalogue on delete set null,
  candidates jsonb not null default '[]',
  -- The candidate with a posterior above 0.9.
  identity text,
  unique (session_id, baseline_id, number),
  foreign key (session_id, baseline_id) references comparisons on delete cascade
);
