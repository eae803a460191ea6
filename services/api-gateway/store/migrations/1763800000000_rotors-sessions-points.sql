create table rotors (
  id serial primary key,
  name text not null unique,
  rotor_type text not null,
  host text not null,
  port integer not null,
  min_elevation double precision not null,
  max_elevation double precision not null,
  az_min double precision not null,
  az_max double precision not null,
  park_az double precision not null,
  park_el double precision not null,
  park_after_scan boolean not null,
  tolerance_deg double precision not null,
  settle_ms double precision not null,
  az_speed_deg_s double precision not null,
  el_speed_deg_s double precision not null,
  az_acceleration_deg_s2 double precision not null,
  el_acceleration_deg_s2 double precision not null,
  site text not null,
  rssi_source text not null check (rssi_source in ('sdr', 'rotctld', 'none')),
  center_frequency_hz double precision not null,
  bandwidth_hz double precision not null,
  gain_db double precision not null,
  read_ms double precision not null,
  dbm_offset_db double precision,
  receiver text not null,
  frequency_correction_ppm double precision not null,
  bias_tee boolean not null,
  created_at timestamptz not null default now()
);

create table sessions (
  id serial primary key,
  -- No foreign key: a session outlives its rotor. `rotor` is the rotor at the creation of the session.
  rotor_id integer not null,
  rotor jsonb not null,
  az_start double precision not null,
  az_end double precision not null,
  el_start double precision not null,
  el_end double precision not null,
  step_deg double precision not null,
  rssi_iterations integer not null,
  grid_rows integer not null,
  grid_columns integer not null,
  total_points integer not null,
  status text not null default 'pending'
    check (status in ('pending', 'running', 'paused', 'completed', 'cancelled')),
  -- Of the orchestrator; increases with every change of status.
  revision bigint not null default 0,
  -- Points are stored in the order of seq without gaps: this is also the last stored seq.
  completed_points integer not null default 0 check (completed_points between 0 and total_points),
  started_at timestamptz,
  finished_at timestamptz,
  eta timestamptz,
  user_notes text,
  notes text,
  -- When the orchestrator accepted the session.
  handed_over_at timestamptz,
  -- Cancelled by the gateway while the orchestrator was away; it stays cancelled, whatever the orchestrator reports.
  cancelled_here boolean not null default false,
  created_at timestamptz not null default now(),
  constraint completed_means_complete check (status <> 'completed' or completed_points = total_points)
);

create index sessions_active on sessions (rotor_id, id) where status in ('pending', 'running', 'paused');

create table points (
  session_id integer not null references sessions (id),
  seq integer not null,
  -- grid_row * grid_columns + grid_column
  cell integer not null,
  grid_row integer not null,
  grid_column integer not null,
  setpoint_az double precision not null,
  setpoint_el double precision not null,
  azimuth double precision not null,
  elevation double precision not null,
  mean_dbm double precision not null,
  std_db double precision not null,
  min_dbm double precision not null,
  max_dbm double precision not null,
  last_dbm double precision not null,
  reads integer not null,
  integration_ms double precision not null,
  flags text[] not null,
  measured_at timestamptz not null,
  primary key (session_id, seq),
  unique (session_id, cell)
);
