-- [[azimuth, lowest elevation], ...] and [{az_start, az_end, el_min, el_max}, ...], degrees.
alter table rotors
  add column horizon jsonb not null default '[]',
  add column keep_out jsonb not null default '[]';

-- The last characterisation of a rotor.
create table rotor_characteristics (
  rotor_id integer primary key references rotors (id) on delete cascade,
  result jsonb not null,
  measured_at timestamptz not null
);

-- {azimuth, elevation, every_min}: the reference pointing for the drift of the receiver; null: none.
alter table sessions add column reference jsonb;

-- {readback, mean_dbm, std_db, reads, flags, measured_at}: the measurement at the reference pointing just before the point.
alter table points add column reference jsonb;
create index points_with_reference on points (session_id, seq) where reference is not null;

-- dBm = dBFS + dbm_offset_db, for one receiver at one frequency, bandwidth and gain. The newest one applies.
create table calibrations (
  id serial primary key,
  receiver text not null,
  center_frequency_hz double precision not null,
  bandwidth_hz double precision not null,
  gain_db double precision not null,
  dbm_offset_db double precision not null,
  -- The level at the input, and the level that was measured.
  level_dbm double precision not null,
  measured_dbfs double precision not null,
  std_db double precision not null,
  reads integer not null,
  read_ms double precision not null,
  calibrated_at timestamptz not null default now()
);

create index calibrations_newest on calibrations (receiver, center_frequency_hz, gain_db, calibrated_at desc);

-- Rotors of older sessions had no obstacles.
update sessions set rotor = '{"horizon": [], "keep_out": []}'::jsonb || rotor;
