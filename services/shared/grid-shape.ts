/** The grid as the user asked for it, degrees. `azEndDeg < azStartDeg` is a sector through north. */
export interface GridBounds {
  azStartDeg: number;
  azEndDeg: number;
  elStartDeg: number;
  elEndDeg: number;
  stepDeg: number;
}

/** Counted by arithmetic: nothing is allocated. */
export interface GridShape {
  rows: number;
  columns: number;
  totalPoints: number;
}

/** More points than this are refused. */
export const MAX_GRID_POINTS = 1_000_000;

/** Width of the sector, degrees; through north, and never the long way round, when the end is smaller than the start. */
export function azimuthSpanDeg(bounds: Pick<GridBounds, 'azStartDeg' | 'azEndDeg'>): number {
  const span = bounds.azEndDeg - bounds.azStartDeg;
  return span < 0 ? ((span % 360) + 360) % 360 : span;
}

/** Rows and columns of a grid. A full circle does not measure its start twice; a smaller span includes its end. */
export function gridShape(bounds: GridBounds): GridShape {
  const span = azimuthSpanDeg(bounds);
  // Count first, then multiply: adding stepDeg over and over drifts on 0.1 degree grids. The 1e-9 keeps an end
  // that the steps hit exactly, whatever the division makes of its last bit.
  const columns =
    span >= 360 - 1e-9
      ? Math.ceil(360 / bounds.stepDeg - 1e-9)
      : Math.floor(span / bounds.stepDeg + 1e-9) + 1;
  const rows = Math.floor((bounds.elEndDeg - bounds.elStartDeg) / bounds.stepDeg + 1e-9) + 1;
  return { rows, columns, totalPoints: rows * columns };
}
