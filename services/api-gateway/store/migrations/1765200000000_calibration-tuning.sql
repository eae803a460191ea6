-- How the tuner was set for the channel: 1 on its centre, 2 beside it. Calibrations that exist are of version 1, and so are those of an
-- older gateway.
alter table calibrations add column tuning_version integer not null default 1;
