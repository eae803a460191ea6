import type { GridBounds } from '#shared/sky/grid-shape';
import { SkyMap } from '#sky-map/sky-map';

/** Two maps and what lies between them, B - A in dB, on the coarser of the two grids. */
export interface Difference {
  map: SkyMap;
  /** Whether both have the same grid. */
  sameGrid: boolean;
  /** Cells of the difference that have a counterpart in both maps, measured or not. */
  matched: number;
  /**
   * The cells of A and of B that a cell of the difference is made of; undefined where one has none.
   */
  pairAt(row: number, column: number): { a: number; b: number } | undefined;
  /** Takes the levels over. */
  update(): void;
}

const NONE = -1;

/**
 * Matches cells by their pointing: of grids that are the same by their number, else every cell of
 * the coarser grid with the cell of the finer one that is nearest and at most half a (finer) step
 * away. Of two grids as fine as each other that of A counts.
 */
export function differenceOf(a: SkyMap, b: SkyMap): Difference {
  const sameGrid = same(a.bounds, b.bounds);
  const [coarse, fine] = b.bounds.stepDeg > a.bounds.stepDeg ? [b, a] : [a, b];
  const map = new SkyMap(coarse.bounds);
  const counterparts = sameGrid ? undefined : match(coarse, fine);
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
          // Only what has changed is told to those who draw it; NaN is the same as NaN here.
          if (!Object.is(Math.fround(level), map.levels[cell])) map.set(row, column, level);
        }
    },
  };
}

/**
 * Of every cell of the coarser map the cell of the finer one that is nearest; NONE where there is
 * none.
 */
function match(coarse: SkyMap, fine: SkyMap): Int32Array {
  const counterparts = new Int32Array(coarse.rows * coarse.columns).fill(NONE);
  for (let row = 0; row < coarse.rows; row++)
    for (let column = 0; column < coarse.columnsInRow(row); column++) {
      const { azimuthDeg, elevationDeg } = coarse.pointing(row, column);
      const found = fine.cellAt(azimuthDeg, elevationDeg);
      if (found) counterparts[row * coarse.columns + column] = fine.cell(found.row, found.column);
    }
  return counterparts;
}

function same(a: GridBounds, b: GridBounds): boolean {
  return (Object.keys(a) as (keyof GridBounds)[]).every((key) => a[key] === b[key]);
}

/** What a difference comes to. */
export interface DifferenceSummary {
  /** Cells that are measured in both. */
  compared: number;
  /** Mean of B - A, dB. */
  meanDb: number;
  /** The difference that is farthest from 0, dB, and its cell. */
  largestDb: number;
  row: number;
  column: number;
}

/** Undefined while no cell is measured in both. */
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
