import type { Spectrum } from '#contract/rest/spectra';
import type { Cell } from '../sessions/selection-address.ts';

/** The spectrum of a cell in the chart. */
export interface CellTrace {
  cell: Cell;
  /** Per channel; null: not known. */
  levelsDb: (number | null)[];
}

/** Line styles of the cells: the hovered one, then the selected ones. Colour and dashes differ. */
export const CELL_STROKES = [
  { variable: '--text', dash: [], name: 'solid' },
  { variable: '--chart-2', dash: [], name: 'solid' },
  { variable: '--chart-3', dash: [6, 3], name: 'dashed' },
  { variable: '--chart-2', dash: [2, 3], name: 'dotted' },
] as const;

/** The values that the chart shows of a cell: the mean, else the median (rtl_power has both). */
export function traceOf(cell: Cell, { mean_db, median_db }: Spectrum): CellTrace {
  return { cell, levelsDb: mean_db ?? median_db ?? [] };
}
