import { CUT_POINTS, type PatternCuts } from '#shared/pattern/pattern-cuts';
import { degToRad, radToDeg } from '#shared/sky/units';
import type { Vector } from '../finder/sphere.ts';
import { planeFigures } from './beam-figures.ts';
import { cutSurface } from './cut-surface.ts';
import type { PlaneFigures } from './pattern.ts';
import { BACK } from './sphere-integral.ts';

/** The figures of a pattern that is known from two cuts. They have no errors of their own. */
export interface CutsFigures {
  name: string;
  azimuth: PlaneFigures;
  elevation: PlaneFigures;
  /** dB; undefined: not known. */
  frontToBackDb: { opposite: number | undefined; worst: number | undefined };
  gainDbi: number | undefined;
  frequencyMhz: number | undefined;
}

const FORWARD: Vector = [0, 1, 0];
const RIGHT: Vector = [1, 0, 0];
const UP: Vector = [0, 0, 1];
const BACK_DEG = Math.round(radToDeg(BACK));
const HALF = CUT_POINTS / 2;
const HALF_POWER_DB = -3;
const NO_SIDE = { firstNull: undefined, sideLobe: undefined };
const NOT_KNOWN: PlaneFigures = { hpbwDeg: undefined, before: NO_SIDE, after: NO_SIDE, cut: [] };

/**
 * The figures of two cuts, as those of a measured pattern. Each cut is turned by whole degrees so
 * that its maximum is at 0, and is relative to it.
 */
export function measureCuts({ name, gainDbi, frequencyMhz, ...cuts }: PatternCuts): CutsFigures {
  const [azimuthDb, elevationDb] = [centred(cuts.azimuthDb), centred(cuts.elevationDb)];
  const back = [azimuthDb, elevationDb].flatMap((gains) =>
    gains.slice(HALF - BACK_DEG, HALF + BACK_DEG + 1).filter(Number.isFinite),
  );
  const opposite = [azimuthDb, elevationDb].map((gains) => gains[HALF] ?? NaN).find(Number.isFinite);
  return {
    name,
    azimuth: figuresOf(azimuthDb, RIGHT),
    elevation: figuresOf(elevationDb, UP),
    frontToBackDb: {
      opposite: opposite === undefined ? undefined : 0 - opposite,
      worst: back.length === 0 ? undefined : 0 - Math.max(...back),
    },
    gainDbi,
    frequencyMhz,
  };
}

function figuresOf(gainDb: readonly number[], along: Vector): PlaneFigures {
  const surface = cutSurface({ forward: FORWARD, along, gainDb });
  const peak = surface.at(FORWARD);
  if (!peak) return NOT_KNOWN;
  const width = degToRad(roughWidthDeg(gainDb));
  const beam = { surface, direction: FORWARD, peak, right: RIGHT, up: UP, width };
  return planeFigures(beam, along, [], (each) => ({ width: each, derivative: 1 })).figures;
}

/** The angles around the axis with more than half of its power. */
function roughWidthDeg(gainDb: readonly number[]): number {
  const reach = (sign: 1 | -1) => {
    let deg = 1;
    while (deg < HALF && (gainDb[(CUT_POINTS + sign * deg) % CUT_POINTS] ?? NaN) >= HALF_POWER_DB) deg++;
    return deg;
  };
  return reach(-1) + reach(1);
}

/** A cut with its maximum at 0; of several, the one that is nearest to 0. */
function centred(gainDb: readonly number[]): number[] {
  const highest = Math.max(...gainDb.filter(Number.isFinite));
  const distance = (deg: number) => Math.min(deg, CUT_POINTS - deg);
  const at = gainDb
    .flatMap((gain, deg) => (gain === highest ? [deg] : []))
    .sort((a, b) => distance(a) - distance(b))[0];
  return gainDb.map((_, deg) => (gainDb[(deg + (at ?? 0)) % CUT_POINTS] ?? NaN) - highest);
}
