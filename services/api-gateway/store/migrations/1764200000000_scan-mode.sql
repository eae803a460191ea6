-- How the cells of a session are measured: the rotor stops at each cell, or sweeps a row.
alter table sessions
  add column scan_mode text not null default 'step' check (scan_mode in ('step', 'on_the_fly'));
