-- Scans that start at their times.
create table schedules (
  id integer generated always as identity primary key,
  -- Of the scan: a schedule ends with its rotor.
  rotor_id integer not null references rotors on delete cascade,
  -- As published, with its defaults.
  request jsonb not null,
  is_paused boolean not null default false,
  created_at timestamptz not null,
  -- When the next run is due; null: never.
  next_run_at timestamptz,
  -- The last look; later than now: the clock was ahead, so that next_run_at may be too late.
  checked_at timestamptz not null
);
create index schedules_due on schedules (next_run_at) where not is_paused;
create index schedules_rotor on schedules (rotor_id);

-- One run per schedule and time, whichever gateway notices that it is due.
create table schedule_runs (
  id integer generated always as identity primary key,
  schedule_id integer not null references schedules on delete cascade,
  due_at timestamptz not null,
  -- Started by hand: at once, whatever the schedule says.
  is_manual boolean not null default false,
  -- waiting, started, skipped, missed or failed
  status text not null,
  session_id integer references sessions on delete set null,
  problem text,
  -- Number of runs that were missed.
  missed integer not null default 0,
  ended_at timestamptz,
  -- A gateway that tries to start it; only so that not all of them try.
  claimed_until timestamptz,
  unique (schedule_id, due_at)
);
create index schedule_runs_waiting on schedule_runs (schedule_id) where status = 'waiting';
create index schedule_runs_session on schedule_runs (session_id);
