-- How the cells of a session are measured: by stopping at each, or while the rotor sweeps a row.
alter table sessions
  add column scan_mode text not null default 'step' check (scan_mode in ('step', 'on_the_fly'));
