-- Time since the start as reported by the orchestrator, and when, by the clock of the gateway that stored it.
alter table sessions
  add column elapsed_s double precision,
  add column elapsed_at timestamptz;
