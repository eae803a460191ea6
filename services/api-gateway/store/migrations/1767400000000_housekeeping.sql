-- Sessions that were deleted. Their points and spectra are removed in the background, in small batches.
create table deleted_sessions (
  -- Never used again.
  id integer primary key,
  site_id integer not null,
  deleted_at timestamptz not null default now(),
  -- When the points, spectra and empty entries of the catalogue were removed; null: not yet.
  purged_at timestamptz,
  -- When the broker has acknowledged that its retained status is cleared; null: not yet.
  cleared_at timestamptz,
  -- A gateway that removes the points; after this time any gateway may take over.
  claimed_until timestamptz
);
create index deleted_sessions_unpurged on deleted_sessions (id) where purged_at is null;
create index deleted_sessions_uncleared on deleted_sessions (id) where cleared_at is null;

-- Points and spectra may outlast their session until they are removed. A session gets points only while its row exists: its
-- counter is the guard.
alter table points drop constraint points_session_id_fkey;
alter table spectrum_bands drop constraint spectrum_bands_session_id_fkey;

alter table schedule_runs
  -- The session that the run had, and when it was deleted.
  add column removed_session_id integer,
  add column removed_at timestamptz;

-- How long a scan takes, seconds; null: not known.
alter table schedules add column expected_duration_s double precision;
update schedules set request = request || '{"keep": null}';
