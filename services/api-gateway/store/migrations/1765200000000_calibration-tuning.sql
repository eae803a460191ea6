-- How the tuner was tuned to the channel: 1 to its centre, 2 beside it. Existing calibrations, and those of an older gateway, have
-- version 1.
alter table calibrations add column tuning_version integer not null default 1;
