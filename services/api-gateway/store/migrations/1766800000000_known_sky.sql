-- What is known of the sky: orbital elements and frequencies of satellites, and emitters on the ground.
create table known_sky (
  -- elements, frequencies or emitters
  kind text primary key,
  -- Changes with the records.
  version text not null,
  -- upload, folder or url
  source text not null,
  fetched_at timestamptz not null default now(),
  count integer not null,
  -- Records that are not used, and what is wrong with the first one.
  skipped integer not null,
  first_reason text,
  -- Of orbital elements.
  oldest_epoch timestamptz,
  newest_epoch timestamptz,
  -- Emitters as they were uploaded.
  document bytea
);
alter table known_sky alter document set storage external;

-- Records in the form of sky-analyst, which alone reads them.
create table known_sky_records (
  kind text not null references known_sky on delete cascade,
  batch integer not null,
  records bytea not null,
  primary key (kind, batch)
);

-- Where orbital elements are refreshed from.
create table elements_sources (
  -- folder or url
  source text primary key,
  -- The path or the address.
  location text not null,
  -- What was read last: the files, or the validators of HTTP.
  state text,
  checked_at timestamptz,
  -- The next request; null: now.
  next_at timestamptz,
  -- Why the last refresh failed.
  problem text,
  -- One gateway refreshes; after this time any gateway may take over.
  claim text,
  claimed_until timestamptz
);
