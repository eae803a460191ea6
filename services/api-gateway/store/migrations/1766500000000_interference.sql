-- The search for interference in the spectra of a band by sky-analyst.
create table interference_searches (
  session_id integer not null,
  band smallint not null,
  -- requested, running, done or failed
  status text not null,
  -- Of the method that found the stored result.
  version integer,
  -- Points with a result, the first ones of the session.
  points integer not null default 0,
  -- The reason for `failed`.
  problem text,
  requested_at timestamptz not null default now(),
  finished_at timestamptz,
  -- The gateway that works on it renews its claim; after this time any gateway may take over.
  claim text,
  claimed_until timestamptz,
  primary key (session_id, band),
  foreign key (session_id, band) references spectrum_bands on delete cascade
);

-- The result, 16 bytes per point: mean_dbm, mean_clean_dbm, flagged_channels, flagged_time (float32, little endian). NaN: none.
create table interference_tiles (
  session_id integer not null,
  band smallint not null,
  -- (seq - 1) / 2048
  tile integer not null,
  results bytea not null,
  primary key (session_id, band, tile),
  foreign key (session_id, band) references interference_searches on delete cascade
);
alter table interference_tiles alter results set storage external;
