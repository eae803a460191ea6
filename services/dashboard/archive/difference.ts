import type { GridBounds } from '#shared/sky/grid-shape';
import { SkyMap } from '#sky-map/sky-map';

/** The difference B - A of two maps in dB, on the coarser of their grids. */
export interface Difference {
  map: SkyMap;
  /** Whether both have the same grid. */
  sameGrid: boolean;
  /** Number of cells that exist in both maps, measured or not. */
  matched: number;
  /**
   * The cells of A and B that a cell of the difference compares; undefined if one of them is
   * missing.
   */
  pairAt(row: number, column: number): { a: number; b: number } | undefined;
  /** Updates the difference from the current levels. */
  update(): void;
}

const NONE = -1;

/**
 * Creates the difference of two maps. Cells of identical grids match by index; otherwise each cell
 * of the coarser grid (A if the steps are equal) matches the nearest cell of the finer grid within
 * half a step of it. Added points of a refinement are left out.
 */
export function differenceOf(a: SkyMap, b: SkyMap): Difference {
  const sameGrid = same(a.bounds, b.bounds);
  const [coarse, fine] = b.bounds.stepDeg > a.bounds.stepDeg ? [b, a] : [a, b];
  const map = new SkyMap(coarse.bounds);
  const counterparts = sameGrid ? undefined : nearestCells(coarse, fine);
  const counterpartOf = (cell: number) => (counterparts ? (counterparts[cell] ?? NONE) : cell);
  const pairOf = (cell: number) => {
    const other = counterpartOf(cell);
    if (other === NONE) return undefined;
    return coarse === a ? { a: cell, b: other } : { a: other, b: cell };
  };
  return {
    map,
    sameGrid,
    matched: counterparts ? counterparts.reduce((sum, n) => sum + Number(n !== NONE), 0) : map.totalPoints,
    pairAt: (row, column) => pairOf(map.cell(row, column)),
    update() {
      for (let row = 0; row < map.rows; row++)
        for (let column = 0; column < map.columnsInRow(row); column++) {
          const cell = row * map.columns + column;
          const pair = pairOf(cell);
          if (!pair) continue;
          const level = (b.levels[pair.b] ?? NaN) - (a.levels[pair.a] ?? NaN);
          // Notifies listeners of changed cells only. Object.is treats NaN as equal to NaN.
          if (!Object.is(Math.fround(level), map.levels[cell])) map.set(row, column, level);
        }
    },
  };
}

/** The nearest cell of the finer map for each cell of the coarser one; NONE if there is none. */
function nearestCells(coarse: SkyMap, fine: SkyMap): Int32Array {
  const counterparts = new Int32Array(coarse.rows * coarse.columns).fill(NONE);
  for (let row = 0; row < coarse.rows; row++)
    for (let column = 0; column < coarse.columnsInRow(row); column++) {
      const { azimuthDeg, elevationDeg } = coarse.pointing(row, column);
      const found = fine.grid.indexAt(azimuthDeg, elevationDeg);
      if (found >= 0) counterparts[row * coarse.columns + column] = found;
    }
  return counterparts;
}

function same(a: GridBounds, b: GridBounds): boolean {
  return (Object.keys(a) as (keyof GridBounds)[]).every((key) => a[key] === b[key]);
}

/** Summary of a difference. */
export interface DifferenceSummary {
  /** Number of cells measured in both maps. */
  compared: number;
  /** Mean of B - A, dB. */
  meanDb: number;
  /** The difference with the largest magnitude, dB, and its cell. */
  largestDb: number;
  row: number;
  column: number;
}

/** Summarises a difference; undefined while no cell is measured in both maps. */
export function summarise({ levels, columns }: SkyMap): DifferenceSummary | undefined {
  let compared = 0;
  let sum = 0;
  let largest = 0;
  let at = NONE;
  levels.forEach((level, cell) => {
    if (Number.isNaN(level)) return;
    compared++;
    sum += level;
    if (at !== NONE && Math.abs(level) <= Math.abs(largest)) return;
    largest = level;
    at = cell;
  });
  if (compared === 0) return undefined;
  return {
    compared,
    meanDb: sum / compared,
    largestDb: largest,
    row: Math.floor(at / columns),
    column: at % columns,
  };
}
