-- Pointing calibration. The model in force, with its id and created_at; null: readbacks are directions.
alter table rotors add column pointing_model jsonb;

-- A source of known direction, found at a readback of the mount.
create table pointing_observations (
  id integer generated always as identity primary key,
  rotor_id integer not null references rotors on delete cascade,
  -- The scans that measured it.
  session_ids integer[] not null,
  target text not null,
  at timestamptz not null,
  -- Where the source was.
  azimuth_deg double precision not null,
  elevation_deg double precision not null,
  -- What the mount reads with the beam there.
  readback_azimuth_deg double precision not null,
  readback_elevation_deg double precision not null,
  -- Standard deviation on the sky, per axis.
  sigma_deg double precision not null,
  signal_to_noise double precision not null,
  -- Half-power width of the source as it appears.
  width_deg double precision not null
);
create index pointing_observations_rotor on pointing_observations (rotor_id);

-- A fit to all observations of its time; the newest one of a rotor is current.
create table pointing_models (
  id integer generated always as identity primary key,
  rotor_id integer not null references rotors on delete cascade,
  created_at timestamptz not null default now(),
  -- IA, IE, CA, NPAE, AN, AW, degrees.
  terms jsonb not null,
  -- Standard deviations of the terms that were determined; the others are 0.
  sigmas jsonb not null,
  rms_before_deg double precision not null,
  rms_deg double precision not null,
  chi_square double precision not null,
  degrees_of_freedom integer not null,
  -- By id of the observation: cross_deg, elevation_deg.
  residuals jsonb not null,
  -- Why it must not be used.
  problem text
);
create index pointing_models_rotor on pointing_models (rotor_id, id desc);

-- The last calibration of each rotor.
create table pointing_jobs (
  rotor_id integer primary key references rotors on delete cascade,
  request jsonb not null,
  -- running, done, failed or cancelled
  status text not null default 'running',
  -- Measurements with and without an observation; their sum is the number of the current one, from 0.
  done integer not null default 0,
  failed integer not null default 0,
  -- The last problem.
  problem text,
  -- The scans of the current measurement.
  session_ids integer[] not null default '{}',
  -- When the current measurement is due.
  next_at timestamptz not null default now(),
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  -- The gateway that works on it renews its claim; after this time any gateway may take over.
  claim text,
  claimed_until timestamptz
);
