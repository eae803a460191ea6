import {
  azimuthSpanDeg,
  azimuthStepDeg,
  cellPointing,
  columnsInRow,
  gridShape,
  type GridBounds,
} from '#shared/sky/grid-shape';
import { azimuthOnCircleDeg, type Pointing } from '#shared/sky/pointing';

/** Edges of a cell, degrees. Azimuths are unwrapped; `azToDeg` is the clockwise end. */
export interface CellEdges {
  azFromDeg: number;
  azToDeg: number;
  elFromDeg: number;
  elToDeg: number;
}

const EDGE = 1e-9;

/** Where the cells of a grid are. The number of a cell is row * columns + column. */
export class CellGrid {
  readonly bounds: GridBounds;
  readonly rows: number;
  /** Columns of the widest row. */
  readonly columns: number;
  readonly totalPoints: number;
  /** Whether the grid covers all azimuths. */
  readonly fullCircle: boolean;
  /** Azimuths covered by the widest row including its edges, degrees. */
  readonly sector: { startDeg: number; widthDeg: number };
  /** Elevations covered by the grid including its edges, degrees. */
  readonly band: { bottomDeg: number; topDeg: number };
  readonly #counts: Int32Array;
  readonly #steps: Float64Array;

  constructor(bounds: GridBounds) {
    const { rows, columns, totalPoints } = gridShape(bounds);
    this.bounds = bounds;
    this.rows = rows;
    this.columns = columns;
    this.totalPoints = totalPoints;
    this.#counts = Int32Array.from({ length: rows }, (_, row) => columnsInRow(bounds, row));
    this.#steps = Float64Array.from({ length: rows }, (_, row) => azimuthStepDeg(bounds, row));
    const spanDeg = azimuthSpanDeg(bounds);
    const marginDeg = this.#steps.reduce((min, step) => Math.min(min, step), 360) / 2;
    this.fullCircle = spanDeg >= 360 - EDGE;
    this.sector = {
      startDeg: bounds.azStartDeg - marginDeg,
      widthDeg: this.fullCircle ? 360 : Math.min(360, spanDeg + 2 * marginDeg),
    };
    this.band = {
      bottomDeg: Math.max(-90, bounds.elStartDeg - bounds.stepDeg / 2),
      topDeg: Math.min(90, bounds.elStartDeg + (rows - 0.5) * bounds.stepDeg),
    };
  }

  has(row: number, column: number): boolean {
    return Number.isInteger(column) && column >= 0 && column < this.columnsInRow(row);
  }

  /** The number of a cell. Throws a RangeError for a cell outside the grid. */
  cell(row: number, column: number): number {
    const columns = this.#counts[row];
    if (columns === undefined) throw new RangeError(`row ${row} is outside 0..${this.rows - 1}`);
    if (!this.has(row, column))
      throw new RangeError(`column ${column} of row ${row} is outside 0..${columns - 1}`);
    return row * this.columns + column;
  }

  columnsInRow(row: number): number {
    return this.#counts[row] ?? 0;
  }

  /** Azimuth step of a row, degrees. */
  azimuthStepDeg(row: number): number {
    return this.#steps[row] ?? 0;
  }

  /** The number of the cell at a direction; -1 outside the grid. */
  indexAt(azimuthDeg: number, elevationDeg: number): number {
    const row = this.rowAt(elevationDeg);
    const column = row < 0 ? -1 : this.columnAt(row, azimuthDeg);
    return column < 0 ? -1 : row * this.columns + column;
  }

  /** The row within half a step of an elevation; -1 if there is none. */
  rowAt(elevationDeg: number): number {
    const position = (elevationDeg - this.bounds.elStartDeg) / this.bounds.stepDeg;
    const row = clamp(Math.round(position), this.rows - 1);
    return Math.abs(position - row) <= 0.5 + EDGE ? row : -1;
  }

  /** The nearest column of a row within half a step of an azimuth; -1 if there is none. */
  columnAt(row: number, azimuthDeg: number): number {
    const { startDeg, widthDeg } = this.sector;
    if (!this.fullCircle && azimuthOnCircleDeg(azimuthDeg - startDeg + EDGE) > widthDeg + 2 * EDGE) return -1;
    const stepDeg = this.#steps[row] as number;
    const last = (this.#counts[row] as number) - 1;
    let offsetDeg = azimuthOnCircleDeg(azimuthDeg - this.bounds.azStartDeg);
    // Nearer to the first column than to the last: where the circle closes, the last step may be
    // shorter.
    if (offsetDeg > (last * stepDeg + 360) / 2) offsetDeg -= 360;
    const column = clamp(Math.round(offsetDeg / stepDeg), last);
    return Math.abs(offsetDeg - column * stepDeg) <= stepDeg / 2 + EDGE ? column : -1;
  }

  pointing(row: number, column: number): Pointing {
    return cellPointing(this.bounds, row, column);
  }

  /** Half a step to either side of the pointing, limited by the sector and the poles. */
  edges(row: number, column: number): CellEdges {
    const { azimuthDeg, elevationDeg } = this.pointing(row, column);
    const halfAz = this.azimuthStepDeg(row) / 2;
    const halfEl = this.bounds.stepDeg / 2;
    const { startDeg, widthDeg } = this.sector;
    const endDeg = this.fullCircle ? Infinity : startDeg + widthDeg;
    return {
      azFromDeg: Math.max(azimuthDeg - halfAz, this.fullCircle ? -Infinity : startDeg),
      azToDeg: Math.min(azimuthDeg + halfAz, endDeg),
      elFromDeg: Math.max(elevationDeg - halfEl, -90),
      elToDeg: Math.min(elevationDeg + halfEl, 90),
    };
  }
}

function clamp(value: number, max: number): number {
  // <=: a rounded -0.2 is -0.
  return value <= 0 ? 0 : value > max ? max : value;
}
