import { formatDeg } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';
import type { Grid } from './grid.ts';

// Rows further apart than this share of the half-power beam width leave something of the sky
// between them.
const SPACINGS_PER_BEAM = 2.4;
// Along a sweep every point is the mean over its cell: with fewer of them a beam is broadened
// beyond use.
const CELLS_PER_BEAM_ALONG_A_SWEEP = 2;

/**
 * What is said of a grid that is finer than the rotor can tell, in plain words: with the points,
 * for it is true of them for ever.
 */
export function notesOf({ bounds, totalPoints }: Grid, toleranceDeg: number): string[] {
  const { stepDeg } = bounds;
  if (totalPoints < 2 || stepDeg >= toleranceDeg) return [];
  return [
    `a step of ${stepDeg} deg is finer than the rotor's tolerance of ${toleranceDeg} deg: ` +
      'some pointings will be measured twice',
  ];
}

/**
 * What is said of a grid that is wider than the beam needs. `beamWidthDeg`: half-power beam width;
 * undefined: not known.
 */
export function warningsOfBeam(grid: Grid, beamWidthDeg: number | undefined, sweeps: boolean): string[] {
  if (beamWidthDeg === undefined) return [];
  const beam = `a beam of ${formatDeg(beamWidthDeg)} deg`;
  const alongDeg = grid.columns > 1 ? spacingAlongRowsDeg(grid) : 0;
  const betweenDeg = grid.rows > 1 ? grid.bounds.stepDeg : 0;
  // A point of a sweep is not the level at its middle: between points of a row nothing is left out.
  const apartDeg = sweeps ? betweenDeg : Math.max(betweenDeg, alongDeg);
  const mostDeg = beamWidthDeg / SPACINGS_PER_BEAM;
  const warnings: string[] = [];
  if (isAbove(apartDeg, mostDeg))
    warnings.push(
      `${sweeps ? 'rows' : 'points'} ${formatDeg(apartDeg)} deg apart are wider than ${beam} needs: ` +
        `at most ${formatDeg(mostDeg)} deg leave nothing out`,
    );
  if (sweeps && isAbove(alongDeg, beamWidthDeg / CELLS_PER_BEAM_ALONG_A_SWEEP))
    warnings.push(
      `points ${formatDeg(alongDeg)} deg wide along a sweep are ${formatDeg(beamWidthDeg / alongDeg)} for ${beam}, less than ` +
        `${CELLS_PER_BEAM_ALONG_A_SWEEP}: sources will look ${broadeningPct(alongDeg / beamWidthDeg)} % wider than they are`,
    );
  return warnings;
}

/** The widest step of any row as it is on the sky, degrees. */
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
 * How much wider a Gaussian beam looks when every point is the mean over `cells` beam widths: their
 * variances add, 1 / (8 ln 2) and cells^2 / 12. Three cells to a beam make it 2.5 %, two 5.6 %.
 */
function broadeningPct(cells: number): number {
  return Math.round(1000 * (Math.sqrt(1 + (8 * Math.LN2 * cells ** 2) / 12) - 1)) / 10;
}

function isAbove(valueDeg: number, limitDeg: number): boolean {
  return valueDeg > limitDeg * (1 + 1e-9);
}
