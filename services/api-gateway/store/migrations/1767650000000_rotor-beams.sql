-- The measured beam of a rotor. While it is stored, beam_width_deg of the rotor is its width.
create table rotor_beams (
  rotor_id integer primary key references rotors on delete cascade,
  -- The scan that measured it, which may be deleted meanwhile.
  session_id integer not null,
  source text not null,
  frequency_hz double precision not null,
  measured_at timestamptz,
  stored_at timestamptz not null default now(),
  -- Geometric mean of both axes, with its sigma.
  beam_width jsonb not null,
  -- azimuth and elevation, with value and sigma.
  hpbw_deg jsonb not null,
  -- plane, side, angle_deg, level_db.
  side_lobes jsonb not null,
  -- Codes and messages of the pattern.
  warnings jsonb not null,
  -- beam_width_deg of the rotor before: that of the owner, restored when the beam is deleted.
  typed_beam_width_deg double precision
);
