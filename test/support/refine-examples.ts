import type { GridBounds } from '#shared/sky/grid-shape';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import type { Grid } from '../../services/scan-orchestrator/domain/grid.ts';

export const BEAM_DEG = 6;

/** Steps of 0.7 beam widths. */
export const COARSE: GridBounds = {
  kind: 'rectangular',
  azStartDeg: 0,
  azEndDeg: 360,
  elStartDeg: 18,
  elEndDeg: 60,
  stepDeg: 4.2,
};

export interface ExampleSource {
  at: Pointing;
  /** Peak power relative to the background. */
  excess: number;
}

/** Levels with 2 % noise of a sky that is warmer towards the horizon, dB by cell. */
export function levelsOfSky(grid: Grid, sources: readonly ExampleSource[], seed = 1): Float32Array {
  const noise = normalNoise(seed);
  const levels = new Float32Array(grid.rows * grid.columns).fill(NaN);
  for (let row = 0; row < grid.rows; row++)
    for (let column = 0; column < grid.columnsInRow(row); column++) {
      const cell = row * grid.columns + column;
      levels[cell] = levelAt(grid.pointing(cell), sources) + 10 * Math.log10(1 + 0.02 * noise());
    }
  return levels;
}

/** Level of a Gaussian beam without noise, dB. */
export function levelAt(at: Pointing, sources: readonly ExampleSource[]): number {
  const excess = sources.reduce(
    (sum, source) =>
      sum + source.excess * Math.exp(-4 * Math.LN2 * (separationDeg(at, source.at) / BEAM_DEG) ** 2),
    0,
  );
  return -90 + 2 * Math.exp(-at.elevationDeg / 20) + 10 * Math.log10(1 + excess);
}

/** Box-Muller on a linear congruential generator (Numerical Recipes). */
function normalNoise(seed: number): () => number {
  let state = (seed * 7919 + 17) >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
