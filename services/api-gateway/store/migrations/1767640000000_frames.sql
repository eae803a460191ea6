-- The source that a scan follows: as requested and as it was at the start, {"source": ..., "resolved": {"name": ..., "source":
-- {"kind": ...}}}. The grid then consists of offsets from it.
alter table sessions add column frame jsonb;

alter table sessions drop constraint sessions_grid_check;
alter table sessions add constraint sessions_grid_check
  check (grid in ('rectangular', 'equal_area') or frame is not null and grid in ('cross', 'principal_cuts', 'spiral'));

-- Points around a source may be out of reach.
alter table sessions drop constraint completed_means_complete;
alter table sessions add constraint completed_means_complete
  check (status <> 'completed' or completed_points = total_points or frame is not null);
