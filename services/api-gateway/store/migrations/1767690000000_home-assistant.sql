-- Discovery messages that the broker may retain. No foreign keys: the message of a deleted rotor must be removed.
create table home_assistant_devices (
  -- Topic of the discovery message.
  topic text primary key,
  site_id integer not null,
  -- Retained topics of the state of the device, which are cleared with it.
  state_topics text[] not null,
  -- The platforms of all components that the message has had, by their keys: one that is left out is removed explicitly.
  components jsonb not null
);

-- For the last session of a rotor.
create index sessions_of_rotor on sessions (rotor_id, id);

-- Alerts and sources that Home Assistant receives as events. What happened before this version is no news.
alter table alert_events add column is_published boolean not null default true;
alter table alert_events alter column is_published set default false;
create index alert_events_unpublished on alert_events (id) where not is_published;
alter table catalogue add column is_published boolean not null default true;
alter table catalogue alter column is_published set default false;
create index catalogue_unpublished on catalogue (id) where not is_published;

-- Commands over MQTT that a gateway has taken: none is executed twice.
create table mqtt_commands (
  -- Given by the client.
  id text primary key,
  taken_at timestamptz not null default now()
);
create index on mqtt_commands (taken_at);
