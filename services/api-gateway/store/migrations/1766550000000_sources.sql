-- The search for sources in a session by sky-analyst.
create table source_searches (
  session_id integer primary key references sessions on delete cascade,
  -- requested, running, done or failed
  status text not null,
  -- As in the request; null fields: defaults.
  settings jsonb not null default '{}',
  -- Of the method that found the stored sources.
  version integer,
  -- The first points of the session, which the stored sources are of.
  points integer not null default 0,
  -- Share of a running search, 0 to 1.
  progress real not null default 0,
  -- The reason for `failed`.
  problem text,
  beam_width_deg double precision,
  beam_width_error_deg double precision,
  is_truncated boolean not null default false,
  requested_at timestamptz not null default now(),
  finished_at timestamptz,
  -- When MQTT has acknowledged the sources; null: not yet.
  published_at timestamptz,
  -- The gateway that works on it renews its claim; after this time any gateway may take over.
  claim text,
  claimed_until timestamptz
);

create index on source_searches (finished_at) where status = 'done' and published_at is null;

-- A source over all sessions of a site.
create table catalogue (
  id integer generated always as identity primary key,
  site_id integer not null references sites on delete cascade,
  -- What it was identified as, of the kind sun, moon, satellite ...; null: unknown.
  identity text,
  -- Given by users.
  name text,
  note text,
  is_known boolean not null default false,
  -- Of the newest sighting.
  azimuth_deg double precision not null,
  elevation_deg double precision not null,
  covariance double precision[] not null,
  channels jsonb not null,
  is_narrow boolean not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null
);
create index on catalogue (site_id, last_seen desc);

create table sources (
  id integer generated always as identity primary key,
  session_id integer not null references source_searches on delete cascade,
  -- From 1, the strongest first.
  number integer not null,
  catalogue_id integer references catalogue on delete set null,
  azimuth_deg double precision not null,
  elevation_deg double precision not null,
  azimuth_error_deg double precision not null,
  elevation_error_deg double precision not null,
  -- In the plane that touches the sky, x right and y up, degrees^2.
  covariance_xx double precision not null,
  covariance_xy double precision not null,
  covariance_yy double precision not null,
  peak_db double precision not null,
  snr double precision not null,
  width_deg double precision,
  -- [{ from_hz, to_hz }]
  channels jsonb not null,
  occupancy double precision,
  is_narrow boolean not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  flags text[] not null,
  candidates jsonb not null default '[]',
  unique (session_id, number)
);
create index on sources (catalogue_id, last_seen);
create index on sources (last_seen);
