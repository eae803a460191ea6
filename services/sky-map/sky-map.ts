import type { GridBounds } from '#shared/sky/grid-shape';
import type { Pointing } from '#shared/sky/pointing';
import { AddedCells } from './added-cells.ts';
import { CellGrid, type CellEdges } from './cell-grid.ts';

/** Cell indices. */
export type Cells = readonly number[] | Uint32Array;

/**
 * The levels of a grid, dBm or dBFS; NaN for unmeasured cells. The index of a cell is row * columns
 * + column. The added point i of a refinement has the index rows * columns + i, and row and column
 * to match; its cell is smaller and covers those of the grid.
 */
export class SkyMap {
  readonly bounds: GridBounds;
  readonly grid: CellGrid;
  /** Undefined without a refinement. */
  readonly added: AddedCells | undefined;
  /** Rows of the grid. */
  readonly rows: number;
  /** Columns of the widest row. */
  readonly columns: number;
  /** Number of cells of the grid, also of those that do not exist in shorter rows. */
  readonly gridCells: number;
  /** Levels by cell index. Read-only; use `set` to write. */
  readonly levels: Float32Array;
  /** Whether the grid covers all azimuths. */
  readonly fullCircle: boolean;
  /** Azimuths covered by the cells including their edges, degrees. */
  readonly sector: { startDeg: number; widthDeg: number };
  /** Elevations covered by the cells including their edges, degrees. */
  readonly band: { bottomDeg: number; topDeg: number };
  #measured = 0;
  readonly #listeners = new Set<(cells: Cells) => void>();

  /** `added`: the cells of a refinement, which maps of the same session share. */
  constructor(bounds: GridBounds, added?: AddedCells) {
    const grid = new CellGrid(bounds);
    this.bounds = bounds;
    this.grid = grid;
    this.added = added;
    this.rows = grid.rows;
    this.columns = grid.columns;
    this.gridCells = grid.rows * grid.columns;
    this.levels = new Float32Array(this.gridCells + (added ? AddedCells.max : 0)).fill(NaN);
    this.fullCircle = grid.fullCircle;
    this.sector = added ? joinedSector(grid, added.lattice) : grid.sector;
    this.band = {
      bottomDeg: Math.min(grid.band.bottomDeg, added?.lattice.band.bottomDeg ?? 90),
      topDeg: Math.max(grid.band.topDeg, added?.lattice.band.topDeg ?? -90),
    };
  }

  /** Number of cells: of the grid, and the added ones that are placed. */
  get totalPoints(): number {
    return this.grid.totalPoints + (this.added?.placed.length ?? 0);
  }

  /** Number of measured cells. */
  get measured(): number {
    return this.#measured;
  }

  /** A map of the same cells without levels. */
  blank(): SkyMap {
    return new SkyMap(this.bounds, this.added);
  }

  /**
   * Sets the level of a cell; a non-finite level makes it unmeasured. Throws a RangeError for an
   * unknown cell.
   */
  set(row: number, column: number, level: number): void {
    this.setAll([this.cell(row, column)], [level]);
  }

  /** Sets the levels of many cells by index; notifies listeners once. */
  setAll(cells: Cells, levels: ArrayLike<number>): void {
    let added = 0;
    for (let n = 0; n < cells.length; n++) {
      const cell = cells[n] as number;
      const before = this.levels[cell] as number;
      const level = levels[n] as number;
      const after = Number.isFinite(level) ? level : NaN;
      added += Number(!Number.isNaN(after)) - Number(!Number.isNaN(before));
      this.levels[cell] = after;
    }
    this.#measured += added;
    for (const listener of this.#listeners) listener(cells);
  }

  /** NaN for an unmeasured cell. Throws a RangeError for an unknown cell. */
  levelAt(row: number, column: number): number {
    return this.levels[this.cell(row, column)] as number;
  }

  /** Whether a cell lies inside the grid, or is an added one that is placed. */
  has(row: number, column: number): boolean {
    return row < this.rows ? this.grid.has(row, column) : this.#addedIndex(row, column) >= 0;
  }

  /** The index of a cell. Throws a RangeError for an unknown cell. */
  cell(row: number, column: number): number {
    const index = row < this.rows ? -1 : this.#addedIndex(row, column);
    return index < 0 ? this.grid.cell(row, column) : this.gridCells + index;
  }

  /**
   * The index of the cell of a point; places it if it is an added one. Throws a RangeError for a
   * cell outside the grid.
   */
  cellOfPoint(row: number, column: number, azimuthDeg: number, elevationDeg: number): number {
    if (!this.added || row < this.rows) return this.grid.cell(row, column);
    const cell = row * this.columns + column;
    this.added.place(cell - this.gridCells, azimuthDeg, elevationDeg);
    return cell;
  }

  /** Row and column of an index. */
  placeOf(index: number): { row: number; column: number } {
    return { row: Math.floor(index / this.columns), column: index % this.columns };
  }

  /** Of a row of the grid. */
  columnsInRow(row: number): number {
    return this.grid.columnsInRow(row);
  }

  /** Calls `listener` with changed cells. Returns a function that unsubscribes. */
  onChange(listener: (cells: Cells) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The cell at a direction, an added one if there is one; undefined outside the map. */
  cellAt(azimuthDeg: number, elevationDeg: number): { row: number; column: number } | undefined {
    const index = this.indexAt(azimuthDeg, elevationDeg);
    return index < 0 ? undefined : this.placeOf(index);
  }

  /** The index of the cell at a direction, of an added one if there is one; -1 outside the map. */
  indexAt(azimuthDeg: number, elevationDeg: number): number {
    const added = this.added?.indexAt(azimuthDeg, elevationDeg) ?? -1;
    return added < 0 ? this.grid.indexAt(azimuthDeg, elevationDeg) : this.gridCells + added;
  }

  /** The pointing of a cell; azimuths count on from the start of the grid. */
  pointing(row: number, column: number): Pointing {
    const index = row < this.rows ? -1 : this.#addedIndex(row, column);
    return this.added && index >= 0 ? this.added.pointing(index) : this.grid.pointing(row, column);
  }

  /** Half a step to either side of the pointing, limited by the sector and the poles. */
  edges(row: number, column: number): CellEdges {
    const index = row < this.rows ? -1 : this.#addedIndex(row, column);
    return this.added && index >= 0 ? this.added.edges(index) : this.grid.edges(row, column);
  }

  /** -1 unless it is an added cell that is placed. */
  #addedIndex(row: number, column: number): number {
    const index = row * this.columns + column - this.gridCells;
    return column >= 0 && column < this.columns && this.added?.has(index) ? index : -1;
  }
}

/** The added cells reach a little further where the area is no multiple of the step. */
function joinedSector(a: CellGrid, b: CellGrid): SkyMap['sector'] {
  if (a.fullCircle) return a.sector;
  const startDeg = Math.min(a.sector.startDeg, b.sector.startDeg);
  const endDeg = Math.max(...[a, b].map(({ sector }) => sector.startDeg + sector.widthDeg));
  return { startDeg, widthDeg: Math.min(360, endDeg - startDeg) };
}
