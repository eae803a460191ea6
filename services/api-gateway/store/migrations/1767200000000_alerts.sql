-- Where messages about alerts are sent.
create table alert_channels (
  id integer generated always as identity primary key,
  -- As published, without secrets.
  request jsonb not null,
  -- secret, token or smtp_url; never published.
  secrets jsonb not null default '{}',
  created_at timestamptz not null default now(),
  -- Failed attempts in a row, and what is wrong.
  failures integer not null default 0,
  failing_since timestamptz,
  problem text,
  -- No attempt before; null: now.
  retry_at timestamptz
);

create table alert_rules (
  id integer generated always as identity primary key,
  -- null: all schedules
  schedule_id integer references schedules on delete cascade,
  -- As published, without schedule_id.
  request jsonb not null,
  created_at timestamptz not null default now()
);

insert into alert_rules (request) values ('{
  "name": "All changes", "kinds": ["new", "gone", "brighter", "fainter", "moved", "no_data", "scan_failed"],
  "min_change_db": 0, "min_z": 5, "sector": null, "band": null, "mute_known": true, "raise_of": 3, "raise_seen": 2,
  "immediate_z": 8, "clear_after": 3, "dedupe_hours": 6, "channel_ids": [], "is_enabled": true}');

-- The last session of a baseline that the rules have seen: none counts twice, even if it is compared again.
create table alert_progress (
  baseline_id integer primary key references baselines on delete cascade,
  started_at timestamptz not null,
  session_id integer not null
);

create table alerts (
  id integer generated always as identity primary key,
  rule_id integer not null references alert_rules on delete cascade,
  schedule_id integer references schedules on delete set null,
  baseline_id integer references baselines on delete set null,
  -- new, gone, brighter, fainter or moved, as seen last; no_data or scan_failed
  kind text not null,
  -- open, acknowledged or cleared
  status text not null default 'open',
  title text not null,
  reason text,
  -- As seen last; null: no_data or scan_failed.
  azimuth_deg double precision,
  elevation_deg double precision,
  error_deg double precision,
  from_azimuth_deg double precision,
  from_elevation_deg double precision,
  -- The largest so far.
  z double precision,
  change_db double precision,
  channels jsonb not null default '[]',
  source text,
  session_id integer references sessions on delete set null,
  anomaly_id integer references anomalies on delete set null,
  catalogue_id integer references catalogue on delete set null,
  sessions_seen integer not null default 0,
  -- In a row.
  sessions_without integer not null default 0,
  raised_at timestamptz not null,
  last_seen_at timestamptz not null,
  acknowledged_at timestamptz,
  note text,
  silent_until timestamptz,
  cleared_at timestamptz,
  -- Whether the channels were sent the alert since it was raised or came back.
  is_announced boolean not null default false,
  -- Increases with every change.
  revision integer not null default 1,
  -- The revision that MQTT has acknowledged.
  published_revision integer not null default 0
);
create index alerts_active on alerts (rule_id, baseline_id) where status <> 'cleared';
create index alerts_of_baseline on alerts (baseline_id, cleared_at);
create index alerts_unpublished on alerts (id) where revision <> published_revision;
create index alerts_of_schedule on alerts (schedule_id);
create index alerts_of_session on alerts (session_id);
create index alerts_of_anomaly on alerts (anomaly_id);
create index alerts_of_catalogue on alerts (catalogue_id);

create table alert_events (
  id integer generated always as identity primary key,
  alert_id integer not null references alerts on delete cascade,
  -- raised, seen, cleared, acknowledged, silenced, known or reopened
  event text not null,
  at timestamptz not null,
  session_id integer references sessions on delete set null,
  kind text,
  z double precision,
  change_db double precision,
  note text
);
create index on alert_events (alert_id, id);
create index on alert_events (session_id);

-- Messages to channels, written with the change of the alert: they survive any stop of a gateway.
create table alert_deliveries (
  id integer generated always as identity primary key,
  -- The same in every attempt.
  event_id uuid not null default gen_random_uuid() unique,
  channel_id integer not null references alert_channels on delete cascade,
  alert_id integer not null references alerts on delete cascade,
  -- raised or cleared
  event text not null,
  -- The alert at the event, as published.
  alert jsonb not null,
  -- waiting, delivered or failed
  status text not null default 'waiting',
  attempts integer not null default 0,
  problem text,
  created_at timestamptz not null default now(),
  next_attempt_at timestamptz not null default now(),
  ended_at timestamptz,
  -- The gateway that delivers it; after this time any gateway may take over.
  claim text,
  claimed_until timestamptz
);
create index alert_deliveries_waiting on alert_deliveries (channel_id, id) where status = 'waiting';
create index on alert_deliveries (alert_id);
create index on alert_deliveries (channel_id, id);

-- Topics of alerts that MQTT may retain a message of. No foreign key: the message of a deleted alert must be removed.
create table alert_topics (alert_id integer primary key);
-- One gateway publishes at a time: it locks the row.
create table alert_publishing (is_list_published boolean not null default false);
insert into alert_publishing default values;
