import { cellPointing, type GridBounds } from '#shared/sky/grid-shape';
import { azimuthOnCircleDeg } from '#shared/sky/pointing';
import { AddedCells } from '#sky-map/added-cells';
import { SkyMap } from '#sky-map/sky-map';

/** The level of every cell of a scan; NaN for unmeasured cells. */
export interface SkyGrid {
  bounds: GridBounds;
  rows: number;
  /** Of the widest row. */
  columns: number;
  columnsOf(row: number): number;
  /** dBm or dBFS. */
  level(row: number, column: number): number;
  /** Ignores a cell outside the grid. `setpoint`: of a point that a refinement has added. */
  set(row: number, column: number, level: number, setpoint?: Setpoint): void;
  /**
   * The strongest of the added points in a part of the map, and of the one that covers its middle;
   * NaN without any. `rows` counts from the lower edge of the grid, `columns` are shares of a row.
   */
  addedLevel(rows: Part, columns: Part): number;
  /** Range of the measured levels; undefined without any. */
  range(): LevelRange | undefined;
}

export interface LevelRange {
  min: number;
  max: number;
}

interface Setpoint {
  azimuth: number;
  elevation: number;
}

type Part = readonly [from: number, to: number];

/** `refinedDeg`: step of the points that a refinement adds to the grid. */
export function createSkyGrid(bounds: GridBounds, refinedDeg?: number): SkyGrid {
  const map = new SkyMap(bounds, refinedDeg === undefined ? undefined : new AddedCells(bounds, refinedDeg));
  const { rows, columns, grid } = map;
  const points: AddedPoint[][] = Array.from({ length: rows }, () => []);
  let range: LevelRange | undefined;

  /** Places an added point; false if there is no refinement. */
  function place(row: number, column: number, { azimuth, elevation }: Setpoint): boolean {
    if (!map.added || row < rows) return false;
    if (map.has(row, column)) return true;
    const cell = map.cellOfPoint(row, column, azimuth, elevation);
    const { azimuthDeg, elevationDeg } = map.pointing(row, column);
    const height = (elevationDeg - bounds.elStartDeg) / bounds.stepDeg + 0.5;
    const at = Math.min(rows - 1, Math.max(0, Math.floor(height)));
    const share = ((azimuthDeg - bounds.azStartDeg) / grid.azimuthStepDeg(at) + 0.5) / grid.columnsInRow(at);
    points[at]?.push({ height, share: map.fullCircle ? share - Math.floor(share) : share, cell });
    return true;
  }

  return {
    bounds,
    rows,
    columns,
    columnsOf: (row) => grid.columnsInRow(row),
    level: (row, column) => (map.has(row, column) ? map.levelAt(row, column) : NaN),
    addedLevel([bottom, top], [left, right]) {
      if (!map.added) return NaN;
      const levels: number[] = [];
      const middle = (bottom + top) / 2;
      const row = Math.min(rows - 1, Math.floor(middle));
      const column = ((left + right) / 2) * grid.columnsInRow(row) - 0.5;
      const covering = map.indexAt(
        bounds.azStartDeg + column * grid.azimuthStepDeg(row),
        bounds.elStartDeg + (middle - 0.5) * bounds.stepDeg,
      );
      if (covering >= map.gridCells) levels.push(map.levels[covering] ?? NaN);
      for (let at = Math.max(0, Math.floor(bottom)); at < Math.min(rows, Math.ceil(top)); at++)
        for (const { height, share, cell } of points[at] ?? [])
          if (height >= bottom && height < top && share >= left && share < right)
            levels.push(map.levels[cell] ?? NaN);
      return levels.reduce((max, level) => (max >= level ? max : level), NaN);
    },
    set(row, column, level, setpoint) {
      if (!map.has(row, column) && !(setpoint && place(row, column, setpoint))) return;
      map.set(row, column, level);
      range = range
        ? { min: Math.min(range.min, level), max: Math.max(range.max, level) }
        : { min: level, max: level };
    },
    range: () => range,
  };
}

/** An added point by its height, in rows from the lower edge, and its share of the row. */
interface AddedPoint {
  height: number;
  share: number;
  cell: number;
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
