alter table sessions
  -- How the grid is refined: threshold, step_deg, and max_points or time_budget_s. Null: not at all.
  add column refine jsonb,
  -- The points that were added to the grid: {"points": [[azimuth, elevation], ...], "note": "..."}. total_points contains
  -- them; point i has the cell grid_rows * grid_columns + i. Null: not decided yet.
  add column refined jsonb;
