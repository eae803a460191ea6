-- How the cells of a session lie: the same azimuth step in every row, or step / cos(elevation), so that all cover the same solid
-- angle. grid_columns are those of the widest row then.
alter table sessions
  add column grid text not null default 'rectangular' check (grid in ('rectangular', 'equal_area'));

-- Half-power beam width of the antenna; null: not known.
alter table rotors add column beam_width_deg double precision;

-- The rotor as it was at the start of a session.
update sessions set rotor = '{"beam_width_deg": null}'::jsonb || rotor;
