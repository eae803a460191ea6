import { columnsInRow, gridShape, cellPointing, type GridBounds } from '#shared/sky/grid-shape';
import { azimuthOnCircleDeg } from '#shared/sky/pointing';

/** The level of every cell of a scan; NaN for unmeasured cells. */
export interface SkyGrid {
  bounds: GridBounds;
  rows: number;
  /** Of the widest row. */
  columns: number;
  columnsOf(row: number): number;
  /** dBm or dBFS. */
  level(row: number, column: number): number;
  set(row: number, column: number, level: number): void;
  /** Range of the measured levels; undefined without any. */
  range(): LevelRange | undefined;
}

export interface LevelRange {
  min: number;
  max: number;
}

export function createSkyGrid(bounds: GridBounds): SkyGrid {
  const { rows, columns } = gridShape(bounds);
  const levels = new Float32Array(rows * columns).fill(NaN);
  const widths = Array.from({ length: rows }, (_, row) => columnsInRow(bounds, row));
  let range: LevelRange | undefined;
  return {
    bounds,
    rows,
    columns,
    columnsOf: (row) => widths[row] ?? 0,
    level: (row, column) => levels[row * columns + column] ?? NaN,
    set(row, column, level) {
      if (!(row >= 0 && row < rows && column >= 0 && column < (widths[row] ?? 0))) return;
      levels[row * columns + column] = level;
      range = range
        ? { min: Math.min(range.min, level), max: Math.max(range.max, level) }
        : { min: level, max: level };
    },
    range: () => range,
  };
}

/** Degrees; azimuth from 0 to 360, where 360 is only the end of a full circle. */
export function cellLabel(
  grid: SkyGrid,
  row: number,
  column: number,
): { azimuth: string; elevation: string } {
  const { azimuthDeg, elevationDeg } = cellPointing(grid.bounds, row, column);
  return { azimuth: short(azimuthOnCircleDeg(azimuthDeg)), elevation: short(elevationDeg) };
}

function short(deg: number): string {
  return String(Math.round(deg * 10) / 10);
}
