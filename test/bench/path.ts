import { createGrid } from '../../services/scan-orchestrator/domain/grid.ts';
import { planPath, travelSeconds } from '../../services/scan-orchestrator/domain/path.ts';
import { boundSeconds } from './bound.ts';
import { figure, type Row } from './row.ts';
import { STEP_PROFILES } from './step-profiles.ts';

const LIMITS = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };
const STEPS_DEG = [0.5, 1, 2, 2.5, 3, 5, 10];
const READS_S = 0.1;

/**
 * The planner alone: duration of its path over the lower bound, on many grids; the worst ratio
 * counts.
 */
export const path: Row = {
  name: 'path',
  run: ({ quick }) => {
    const grids = quick ? 20 : 500;
    const profiles = STEP_PROFILES.filter(
      ({ resolutionDeg }, i, all) => resolutionDeg !== undefined && all.findIndex(sameMotion(i)) === i,
    );
    return Promise.resolve(
      profiles.map(({ name, motion, settleMs }) => {
        const standingS = settleMs / 1000 + READS_S;
        const random = createRandom(1);
        let worst = 0;
        for (let i = 0; i < grids; i++) worst = Math.max(worst, timeOverBound(random, motion, standingS));
        return figure(`${name}: longest path over bound, ${grids} grids`, worst, '', { exactly: 1 });
      }),
    );
  },
};

function sameMotion(i: number) {
  const wanted = STEP_PROFILES[i]?.motion;
  return ({ motion }: (typeof STEP_PROFILES)[number]) => motion === wanted;
}

function timeOverBound(
  random: () => number,
  motion: (typeof STEP_PROFILES)[number]['motion'],
  standingS: number,
): number {
  const below = (limit: number) => Math.floor(random() * limit);
  const stepDeg = STEPS_DEG[below(STEPS_DEG.length)] as number;
  const columns = 1 + below(Math.min(60, Math.floor(360 / stepDeg)));
  const rows = 1 + below(Math.min(40, Math.floor(80 / stepDeg)));
  // The grid fits into one cable turn and the rotor starts on a corner: the bound considers
  // neither.
  const azStartDeg = below(LIMITS.azMaxDeg - (columns - 1) * stepDeg);
  const bounds = {
    kind: 'rectangular' as const,
    azStartDeg,
    azEndDeg: azStartDeg + (columns - 1) * stepDeg,
    elStartDeg: 5,
    elEndDeg: 5 + (rows - 1) * stepDeg,
    stepDeg,
  };
  const grid = createGrid(bounds);
  const from = { azimuthDeg: azStartDeg, elevationDeg: bounds.elStartDeg };
  const planned = planPath(grid, LIMITS, motion, from);
  const seconds = grid.totalPoints * standingS + travelSeconds(planned, motion);
  return seconds / boundSeconds({ rows, columns, stepDeg }, motion, standingS);
}

/** Reproducible random numbers (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
