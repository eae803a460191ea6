import { MAX_ADDED_POINTS, type GridBounds } from '#shared/sky/grid-shape';
import type { Pointing } from '#shared/sky/pointing';
import { CellGrid } from './cell-grid.ts';

const NONE = -1;

/**
 * The cells of the points that a refinement has added to a grid: those of one finer equal-area grid
 * over the same area, of which the refinement has chosen some. They are known by their index, in
 * the order in which they were added, once they are placed.
 */
export class AddedCells {
  static readonly max = MAX_ADDED_POINTS;
  readonly lattice: CellGrid;
  /** Indices in the order of placing; only grows. */
  readonly placed: number[] = [];
  /** Cells of the lattice by index. */
  readonly #cells = new Int32Array(MAX_ADDED_POINTS).fill(NONE);
  readonly #indices = new Map<number, number>();

  /** `stepDeg`: the distance of added points. */
  constructor(bounds: GridBounds, stepDeg: number) {
    this.lattice = new CellGrid({ ...bounds, kind: 'equal_area', stepDeg });
  }

  /**
   * Places an added point; idempotent. Throws a RangeError for an index beyond the maximum or a
   * pointing outside the area.
   */
  place(index: number, azimuthDeg: number, elevationDeg: number): void {
    if (!(index >= 0 && index < MAX_ADDED_POINTS))
      throw new RangeError(`added point ${index} is outside 0..${MAX_ADDED_POINTS - 1}`);
    if (this.has(index)) return;
    const cell = this.lattice.indexAt(azimuthDeg, elevationDeg);
    if (cell < 0)
      throw new RangeError(
        `added point ${index} at az ${azimuthDeg} deg el ${elevationDeg} deg is outside the area`,
      );
    this.#cells[index] = cell;
    this.#indices.set(cell, index);
    this.placed.push(index);
  }

  has(index: number): boolean {
    return (this.#cells[index] ?? NONE) !== NONE;
  }

  /** The index of the added cell at a direction; -1 if there is none. */
  indexAt(azimuthDeg: number, elevationDeg: number): number {
    return this.#indices.get(this.lattice.indexAt(azimuthDeg, elevationDeg)) ?? NONE;
  }

  pointing(index: number): Pointing {
    return this.lattice.pointing(...this.#place(index));
  }

  edges(index: number) {
    return this.lattice.edges(...this.#place(index));
  }

  #place(index: number): [row: number, column: number] {
    const cell = this.#cells[index] ?? NONE;
    if (cell === NONE) throw new RangeError(`added point ${index} is not placed`);
    return [Math.floor(cell / this.lattice.columns), cell % this.lattice.columns];
  }
}
