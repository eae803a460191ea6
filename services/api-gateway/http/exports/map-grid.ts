import type { SessionRow } from '../../store/sessions.ts';

/** Cells at equal steps of azimuth and elevation, row by row from the lowest. */
export interface MapGrid {
  rows: number;
  columns: number;
  azStartDeg: number;
  elStartDeg: number;
  stepDeg: number;
}

/** Undefined: the cells of the session are not at such directions. */
export function mapGridOf(session: SessionRow): MapGrid | undefined {
  const { grid, frame, grid_rows, grid_columns, az_start, el_start, step_deg } = session;
  if (frame !== null || grid !== 'rectangular') return undefined;
  return {
    rows: grid_rows,
    columns: grid_columns,
    azStartDeg: az_start,
    elStartDeg: el_start,
    stepDeg: step_deg,
  };
}
