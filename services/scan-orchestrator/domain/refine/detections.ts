import { medianOf } from '#shared/spectrum/median';
import type { Pointing } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
import type { Grid } from '../grid.ts';
import { cellsWithin } from './grid-neighbours.ts';

/** A local peak of the matched filter. */
export interface Detection {
  cell: number;
  at: Pointing;
  /** Height of the peak in units of the scatter of the filter's output. */
  sigma: number;
}

// Extent of a row, in beam widths, from which on a source hardly changes its median.
const MIN_ROW_BEAMS = 4;
const MIN_ROW_CELLS = 8;
/** With fewer measured cells, the scatter is unknown. */
const MIN_CELLS = 10;
// Of the filter and of the search for peaks, in beam widths: a Gaussian beam is at 6 % there.
const REACH_BEAMS = 1;
// Standard deviation of a normal distribution in units of its median absolute deviation.
const SIGMA_TO_MAD = 1.4826;
// Levels that do not differ at all have no scatter; 0.0004 dB.
const MIN_SCATTER = 1e-4;

/**
 * The sources of a coarse map, strongest first: local peaks of the matched filter (Gaussian beam,
 * on the sphere) over the level relative to the median of its row. The scatter of the filter's
 * output is that of its lower half, which sources do not raise, so drift inside a row counts as
 * noise. The same levels always give the same detections.
 *
 * @param levels dB by cell; NaN: not measured
 */
export function detectSources(
  grid: Grid,
  levels: ArrayLike<number>,
  beamWidthDeg: number,
  thresholdSigma: number,
): Detection[] {
  const measured = measuredCells(grid, levels);
  if (measured.length < MIN_CELLS) return [];
  const excess = excessOf(grid, levels, measured, beamWidthDeg);
  const output = new Float64Array(levels.length).fill(NaN);
  const reachDeg = REACH_BEAMS * beamWidthDeg;
  for (const cell of measured) output[cell] = filtered(grid, excess, cell, beamWidthDeg, reachDeg);
  const { middle, scatter } = lowerScatter(Float64Array.from(measured, (cell) => output[cell] as number));
  return measured
    .map((cell) => ({
      cell,
      at: grid.pointing(cell),
      sigma: ((output[cell] as number) - middle) / scatter,
    }))
    .filter(({ sigma }) => sigma >= thresholdSigma)
    .filter(({ cell, at }) =>
      cellsWithin(grid, at, reachDeg).every(
        ({ cell: other }) => other === cell || !isHigher(output, other, cell),
      ),
    )
    .sort((a, b) => b.sigma - a.sigma || a.cell - b.cell);
}

/** Of equal cells, the one with the lower number is higher. */
function isHigher(output: Float64Array, cell: number, than: number): boolean {
  const [a, b] = [output[cell] as number, output[than] as number];
  return a > b || (a === b && cell < than);
}

function measuredCells(grid: Grid, levels: ArrayLike<number>): number[] {
  const cells: number[] = [];
  for (let row = 0; row < grid.rows; row++)
    for (let column = 0; column < grid.columnsInRow(row); column++) {
      const cell = row * grid.columns + column;
      if (Number.isFinite(levels[cell])) cells.push(cell);
    }
  return cells;
}

/** Power relative to the baseline of the row, less 1; NaN: not measured. */
function excessOf(
  grid: Grid,
  levels: ArrayLike<number>,
  measured: readonly number[],
  beamWidthDeg: number,
): Float64Array {
  const baselines = rowBaselines(grid, levels, measured, beamWidthDeg);
  const excess = new Float64Array(levels.length).fill(NaN);
  for (const cell of measured) {
    const baseline = baselines[Math.floor(cell / grid.columns)] as number;
    excess[cell] = 10 ** (((levels[cell] as number) - baseline) / 10) - 1;
  }
  return excess;
}

/**
 * The median of each row, dB. A row that a source can cover gets that of the nearest longer row; if
 * all rows are short, that of the map.
 */
function rowBaselines(
  grid: Grid,
  levels: ArrayLike<number>,
  measured: readonly number[],
  beamWidthDeg: number,
): number[] {
  const byRow = Array.from({ length: grid.rows }, (): number[] => []);
  for (const cell of measured) byRow[Math.floor(cell / grid.columns)]?.push(levels[cell] as number);
  const long = byRow.flatMap((values, row) => {
    const stepDeg = grid.azimuthStepDeg(row) * Math.cos(degToRad(grid.rowElevationDeg(row)));
    const isLong = values.length >= MIN_ROW_CELLS && values.length * stepDeg >= MIN_ROW_BEAMS * beamWidthDeg;
    return isLong ? [{ row, level: medianOf(Float64Array.from(values)) }] : [];
  });
  const ofMap = medianOf(Float64Array.from(measured, (cell) => levels[cell] as number));
  return byRow.map((_, row) => {
    const nearest = long.reduce<(typeof long)[number] | undefined>(
      (best, one) => (best && Math.abs(best.row - row) <= Math.abs(one.row - row) ? best : one),
      undefined,
    );
    return nearest?.level ?? ofMap;
  });
}

/** sum(g d) / sqrt(sum(g^2)) over the cells around one, with a Gaussian beam g. */
function filtered(
  grid: Grid,
  excess: Float64Array,
  cell: number,
  beamWidthDeg: number,
  reachDeg: number,
): number {
  let [sum, squares] = [0, 0];
  for (const { cell: near, apartDeg } of cellsWithin(grid, grid.pointing(cell), reachDeg)) {
    const above = excess[near] as number;
    if (Number.isNaN(above)) continue;
    const gain = Math.exp(-4 * Math.LN2 * (apartDeg / beamWidthDeg) ** 2);
    sum += gain * above;
    squares += gain ** 2;
  }
  return sum / Math.sqrt(squares);
}

/** The median, and the robust scatter of the values below it. */
function lowerScatter(values: Float64Array): { middle: number; scatter: number } {
  const middle = medianOf(values.slice());
  const below = values.filter((value) => value < middle).map((value) => middle - value);
  const scatter = below.length > 0 ? SIGMA_TO_MAD * medianOf(below) : 0;
  return { middle, scatter: Math.max(MIN_SCATTER, scatter) };
}
