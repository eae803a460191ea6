import { gridShape } from '#shared/sky/grid-shape';
import { CellSet } from '../domain/cells.ts';
import type { MeasuredPoint } from '../domain/measurement.ts';
import { cellNumbers, cellOf, type SessionRecord } from './session-record.ts';

/** Which cells of a session are measured. */
export class DoneCells {
  readonly totalPoints: number;
  readonly #bounds: Pick<SessionRecord, 'bounds'>;
  readonly #cells: CellSet;
  #completedPoints: number;
  /** Cells in the set: points on their way to the journal count. */
  #taken: number;

  /** `journalled`: cells of the points in the journal beyond `record.confirmedSeq`. */
  constructor(record: SessionRecord, journalled: readonly number[]) {
    const shape = gridShape(record.bounds);
    this.totalPoints = shape.totalPoints;
    this.#bounds = { bounds: record.bounds };
    this.#cells = new CellSet(cellNumbers(shape), record.confirmedCells);
    for (const cell of journalled) this.#cells.add(cell);
    this.#completedPoints = record.confirmedSeq + journalled.length;
    this.#taken = this.#completedPoints;
  }

  /** Points in the journal or confirmed; also the last seq. */
  get completedPoints(): number {
    return this.#completedPoints;
  }

  /** Cells without a point, not even one on its way to the journal. */
  get openCells(): number {
    return this.totalPoints - this.#taken;
  }

  /** One bit for each cell. */
  get bits(): Uint8Array {
    return this.#cells.bits;
  }

  has(cell: number): boolean {
    return this.#cells.has(cell);
  }

  /** The point is on its way to the journal. */
  take(point: MeasuredPoint): void {
    this.#cells.add(cellOf(point, this.#bounds));
    this.#taken++;
  }

  /** The journal has the point. */
  recorded(): void {
    this.#completedPoints++;
  }

  /** The journal refused the point: its cell is missing again. */
  giveBack(point: MeasuredPoint): void {
    this.#cells.delete(cellOf(point, this.#bounds));
    this.#taken--;
  }
}
