import { formatDeg } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
import type { Grid } from './grid.ts';

// Rows further apart than this fraction of the half-power beam width leave gaps in the sky.
const SPACINGS_PER_BEAM = 2.4;
// Each point of a sweep is the mean over its cell: with fewer cells per beam, sources look too
// wide.
const CELLS_PER_BEAM_ALONG_A_SWEEP = 2;

/**
 * Notes for a grid that is finer than the rotor's tolerance; stored with the points, because they
 * apply to them permanently.
 */
export function resolutionNotes({ bounds, totalPoints }: Grid, toleranceDeg: number): string[] {
  const { stepDeg } = bounds;
  if (totalPoints < 2 || stepDeg >= toleranceDeg) return [];
  return [
    `a step of ${stepDeg} deg is finer than the rotor's tolerance of ${toleranceDeg} deg: ` +
      'some pointings will be measured twice',
  ];
}

/** `atPointMs`: the reads of all tunings at one point. */
export function dwellWarnings(atPointMs: number): string[] {
  return atPointMs > 60_000 ? [`each point takes ${atPointMs / 1000} s of reads`] : [];
}

/**
 * Warnings for a grid that is coarser than the beam requires. `beamWidthDeg`: half-power beam
 * width; undefined: unknown.
 */
export function beamWarnings(grid: Grid, beamWidthDeg: number | undefined, sweeps: boolean): string[] {
  if (beamWidthDeg === undefined) return [];
  const beam = `a beam of ${formatDeg(beamWidthDeg)} deg`;
  const alongDeg = grid.columns > 1 ? spacingAlongRowsDeg(grid) : 0;
  const betweenDeg = grid.rows > 1 ? grid.bounds.stepDeg : 0;
  // A point of a sweep is the mean over its cell: there are no gaps between the points of a row.
  const apartDeg = sweeps ? betweenDeg : Math.max(betweenDeg, alongDeg);
  const maxDeg = beamWidthDeg / SPACINGS_PER_BEAM;
  const warnings: string[] = [];
  if (isAbove(apartDeg, maxDeg))
    warnings.push(
      `${sweeps ? 'rows' : 'points'} ${formatDeg(apartDeg)} deg apart are too coarse for ${beam}: ` +
        `use at most ${formatDeg(maxDeg)} deg to leave no gaps`,
    );
  if (sweeps && isAbove(alongDeg, beamWidthDeg / CELLS_PER_BEAM_ALONG_A_SWEEP))
    warnings.push(
      `${beam} has ${formatDeg(beamWidthDeg / alongDeg)} points of ${formatDeg(alongDeg)} deg along a sweep, fewer than ` +
        `${CELLS_PER_BEAM_ALONG_A_SWEEP}: sources will look ${broadeningPct(alongDeg / beamWidthDeg)} % wider`,
    );
  return warnings;
}

/** The widest step of any row, as an angle on the sky, degrees. */
function spacingAlongRowsDeg(grid: Grid): number {
  let widestDeg = 0;
  for (let row = 0; row < grid.rows; row++) {
    if (grid.columnsInRow(row) < 2) continue;
    const shrink = Math.cos(degToRad(grid.rowElevationDeg(row)));
    widestDeg = Math.max(widestDeg, grid.azimuthStepDeg(row) * shrink);
  }
  return widestDeg;
}

/**
 * How much wider a Gaussian beam appears when every point is the mean over `cells` beam widths,
 * percent. The variances add: 1 / (8 ln 2) and cells^2 / 12. Three cells per beam make it 2.5 %,
 * two 5.6 %.
 */
function broadeningPct(cells: number): number {
  return Math.round(1000 * (Math.sqrt(1 + (8 * Math.LN2 * cells ** 2) / 12) - 1)) / 10;
}

function isAbove(valueDeg: number, limitDeg: number): boolean {
  return valueDeg > limitDeg * (1 + 1e-9);
}
