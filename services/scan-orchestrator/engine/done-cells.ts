import { columnsInRow, gridShape } from '#shared/sky/grid-shape';
import { createCellSet, type CellSet } from '../domain/cells.ts';
import type { PendingPoint } from '../domain/measurement.ts';
import { cellNumbers, cellOf, totalPoints, type SessionRecord } from './session-record.ts';

/** The measured cells of a session. */
export class DoneCells {
  readonly #record: Readonly<SessionRecord>;
  #totalPoints: number;
  #cells: CellSet;
  #completedPoints: number;
  /** Number of cells in the set, including points that are being written to the journal. */
  #count: number;

  /** `journalled`: cells of the journal's points after `record.confirmedSeq`. */
  constructor(record: SessionRecord, journalled: readonly number[]) {
    this.#record = record;
    this.#totalPoints = totalPoints(record);
    this.#cells = createCellSet(cellNumbers(record), record.confirmedCells);
    for (const cell of journalled) this.#cells.add(cell);
    this.#completedPoints = record.confirmedSeq + journalled.length;
    this.#count = this.#completedPoints;
  }

  get totalPoints(): number {
    return this.#totalPoints;
  }

  /** The record has got a refinement: its points are open. */
  refined(): void {
    this.#totalPoints = totalPoints(this.#record);
    this.#cells = createCellSet(cellNumbers(this.#record), this.#cells.bits);
  }

  /** Points in the journal or confirmed; equals the last seq. */
  get completedPoints(): number {
    return this.#completedPoints;
  }

  /**
   * Cells without a point that are still to be measured; a point that is being written counts as
   * measured.
   */
  get openCells(): number {
    return this.#totalPoints - this.#count - (this.#record.unreached?.points ?? 0);
  }

  /** One bit for each cell. */
  get bits(): Uint8Array {
    return this.#cells.bits;
  }

  has(cell: number): boolean {
    return this.#cells.has(cell);
  }

  /** The cells of the grid without a point. */
  missing(): Uint32Array {
    const { bounds } = this.#record;
    const { rows, columns } = gridShape(bounds);
    const cells: number[] = [];
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columnsInRow(bounds, row); column++) {
        const cell = row * columns + column;
        if (!this.has(cell)) cells.push(cell);
      }
    return Uint32Array.from(cells);
  }

  /** Adds a point before it is written to the journal. */
  add(point: PendingPoint): void {
    this.#cells.add(cellOf(point, this.#record));
    this.#count++;
  }

  /** The point has been written to the journal. */
  recorded(): void {
    this.#completedPoints++;
  }

  /** The journal rejected the point: its cell has to be measured again. */
  remove(point: PendingPoint): void {
    this.#cells.delete(cellOf(point, this.#record));
    this.#count--;
  }
}
