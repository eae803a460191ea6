-- The levels of ended sessions by cell, for one cell over many sessions: there, each point is in a page of its own.
create table cell_levels (
  session_id integer not null,
  -- cell / 64
  block integer not null,
  -- Mean power of the cells of the block, mW or relative to full scale; 0: no point.
  powers real[] not null,
  primary key (session_id, block)
);
-- Has the powers too: one block of all sessions is read without the table. No foreign key: like points, they are removed
-- after their session.
create index cell_levels_by_block on cell_levels (block, session_id) include (powers);

alter table sessions
  -- cell_levels has all points of the grid.
  add column has_cell_levels boolean not null default false;
-- The grids and times of thousands of sessions: a row of the table has much more.
create index sessions_grids on sessions (id) include (has_cell_levels, started_at, created_at, grid, az_start, az_end, el_start,
  el_end, step_deg);
create index sessions_without_cell_levels on sessions (id) where not has_cell_levels;
