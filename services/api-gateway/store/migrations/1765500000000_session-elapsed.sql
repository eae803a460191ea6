-- Time since the start as the orchestrator measured it, and when it said so by the clock of the gateway that stored it.
alter table sessions
  add column elapsed_s double precision,
  add column elapsed_at timestamptz;
