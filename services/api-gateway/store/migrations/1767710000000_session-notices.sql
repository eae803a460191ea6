-- Since when a session has its status; null: since before this migration.
alter table sessions add column status_since timestamptz;
create function set_status_since() returns trigger language plpgsql as $$
begin
  new.status_since := now();
  return new;
end $$;
create trigger session_created before insert on sessions for each row execute function set_status_since();
create trigger session_status before update of status on sessions
  for each row when (new.status <> old.status) execute function set_status_since();
create index sessions_status_since on sessions (status_since) where status in ('paused', 'completed', 'cancelled');

-- What the channels were told of a session: none of it twice.
create table session_notices (
  session_id integer not null references sessions on delete cascade,
  -- session_ended, session_paused or session_suspended
  event text not null,
  -- `status_since` of the session.
  since timestamptz not null,
  primary key (session_id, event, since)
);

-- A delivery is about an alert or about a session, as published at the event.
alter table alert_deliveries
  alter column alert_id drop not null,
  alter column alert drop not null,
  add column session_id integer references sessions on delete cascade,
  add column session jsonb,
  add constraint alert_deliveries_subject check (num_nonnulls(alert_id, session_id) = 1);
create index on alert_deliveries (session_id);

create trigger alert_session_notice after update of status, resumes_itself on sessions
  for each row when (new.status <> old.status or new.resumes_itself is distinct from old.resumes_itself)
  execute function notify_alert_work('sessions');

update alert_channels set request = request || '{"session_events": []}';
