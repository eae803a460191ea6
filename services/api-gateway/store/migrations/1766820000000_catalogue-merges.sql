-- Users merge entries of the catalogue that are one source, and hide those that they ignore.
alter table catalogue
  -- The entry that it was merged into; it keeps its place, so that it can be separated again.
  add column merged_into integer references catalogue on delete set null,
  -- The entry that it belongs to by this and all further merges; null: to itself.
  add column root_id integer references catalogue on delete set null,
  add column entry_id integer generated always as (coalesce(root_id, id)) stored,
  add column is_ignored boolean not null default false;
create index on catalogue (entry_id);
