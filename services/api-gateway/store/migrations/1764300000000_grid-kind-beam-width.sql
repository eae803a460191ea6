-- The grid of a session: the same azimuth step in every row, or step / cos(elevation), so that all cells cover the same solid
-- angle. grid_columns is then the number of columns of the widest row.
alter table sessions
  add column grid text not null default 'rectangular' check (grid in ('rectangular', 'equal_area'));

-- Half-power beam width of the antenna; null: unknown.
alter table rotors add column beam_width_deg double precision;

-- Rotors of older sessions.
update sessions set rotor = '{"beam_width_deg": null}'::jsonb || rotor;
