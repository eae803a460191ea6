import { isLattice } from '#shared/sky/grid-shape';
import { formatDeg } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
import type { Grid } from './grid.ts';
import type { PlanRotor } from './plan-inputs.ts';

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
 * Warnings for a grid that is coarser than the beam requires. With the widths of both axes, the
 * step on each one is compared with its own.
 */
export function beamWarnings(
  grid: Grid,
  { beamWidthDeg, beamWidths }: Pick<PlanRotor, 'beamWidthDeg' | 'beamWidths'>,
  sweeps: boolean,
): string[] {
  const { alongDeg, betweenDeg } = spacings(grid);
  if (beamWidths) {
    const { azimuthDeg, elevationDeg } = beamWidths;
    return [
      ...(sweeps ? [] : coarseWarnings('points', alongDeg, azimuthDeg, ' in azimuth')),
      ...coarseWarnings(sweeps ? 'rows' : 'points', betweenDeg, elevationDeg, ' in elevation'),
      ...(sweeps ? broadeningWarnings(alongDeg, azimuthDeg, ' in azimuth') : []),
    ];
  }
  if (beamWidthDeg === undefined) return [];
  // A point of a sweep is the mean over its cell: there are no gaps between the points of a row.
  const apartDeg = sweeps ? betweenDeg : Math.max(betweenDeg, alongDeg);
  return [
    ...coarseWarnings(sweeps ? 'rows' : 'points', apartDeg, beamWidthDeg, ''),
    ...(sweeps ? broadeningWarnings(alongDeg, beamWidthDeg, '') : []),
  ];
}

/** `axis`: in which the width is; empty: in both. */
function coarseWarnings(what: string, apartDeg: number, widthDeg: number, axis: string): string[] {
  const maxDeg = widthDeg / SPACINGS_PER_BEAM;
  if (!isAbove(apartDeg, maxDeg)) return [];
  return [
    `${what} ${formatDeg(apartDeg)} deg apart${axis} are too coarse for a beam of ${formatDeg(widthDeg)} deg${axis && ' there'}: ` +
      `use at most ${formatDeg(maxDeg)} deg to leave no gaps`,
  ];
}

function broadeningWarnings(alongDeg: number, widthDeg: number, axis: string): string[] {
  if (!isAbove(alongDeg, widthDeg / CELLS_PER_BEAM_ALONG_A_SWEEP)) return [];
  return [
    `a beam of ${formatDeg(widthDeg)} deg${axis} has ${formatDeg(widthDeg / alongDeg)} points of ${formatDeg(alongDeg)} deg along a sweep, fewer than ` +
      `${CELLS_PER_BEAM_ALONG_A_SWEEP}: sources will look ${broadeningPct(alongDeg / widthDeg)} % wider`,
  ];
}

/** Steps on the sky along both axes; 0: one point. */
function spacings(grid: Grid): { alongDeg: number; betweenDeg: number } {
  const { kind, stepDeg } = grid.bounds;
  if (isLattice(kind))
    return {
      alongDeg: grid.columns > 1 ? spacingAlongRowsDeg(grid) : 0,
      betweenDeg: grid.rows > 1 ? stepDeg : 0,
    };
  const ofLine = (row: number) => (grid.columnsInRow(row) > 1 ? stepDeg : 0);
  return { alongDeg: ofLine(0), betweenDeg: ofLine(kind === 'spiral' ? 0 : 1) };
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
