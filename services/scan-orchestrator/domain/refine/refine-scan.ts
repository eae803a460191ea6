import { outsideLimits, type Pointing } from '#shared/sky/pointing';
import type { Routes } from '#shared/sky/routes';
import { OVERHEAD_S, planContext, standingSeconds, type PlanInputs } from '../plan-inputs.ts';
import { secondsOf } from '../remaining-tour.ts';
import { unwrapBy, type Turns } from '../unwrapping.ts';
import { addedTour } from './added-tour.ts';
import { detectSources } from './detections.ts';
import { discsAround } from './disc-cells.ts';
import { limitDiscs } from './limit-discs.ts';
import { refineNote } from './refine-note.ts';
import { beamWidthOf, discRadiusDeg, type RefineSettings } from './refine-settings.ts';

/** The points that a refinement adds to a scan. */
export interface Refinement {
  /** Azimuth as the user counts it. The point with index i has the cell number cells + i. */
  points: Pointing[];
  /** For the notes of the session. */
  note: string;
}

/**
 * Decides which points to add after the coarse pass: discs around its detections, inside the area,
 * the travel limits and the obstacles of the scan. The same levels and position always give the
 * same points.
 *
 * @param levels dB by cell; NaN: not measured
 * @param turns how the plan of the coarse pass is unwrapped
 * @param at the rotor's position, unwrapped
 */
export function refineScan(
  inputs: PlanInputs,
  settings: RefineSettings,
  levels: ArrayLike<number>,
  turns: Turns,
  at: Pointing,
): Refinement {
  const { grid, limits, routes } = planContext(inputs);
  const { rotor } = inputs;
  const unwrap = unwrapBy(turns, limits);
  const setpoint = (to: Pointing): Pointing => ({ ...to, azimuthDeg: unwrap(to.azimuthDeg) });
  const beamWidthDeg = beamWidthOf(settings, rotor.beamWidthDeg);
  const discs = discsAround(
    detectSources(grid, levels, beamWidthDeg, settings.thresholdSigma),
    grid,
    settings.stepDeg,
    discRadiusDeg(beamWidthDeg),
    (cell) => Number.isFinite(levels[cell]),
    (from, to) =>
      outsideLimits(setpoint(to), limits) === undefined && hasRoute(routes, setpoint(from), setpoint(to)),
  );
  const secondsFor = (points: readonly Pointing[]) => {
    const cells = Uint32Array.from(points, (_, i) => i);
    const path = { setpoint: (i: number) => setpoint(points[i] as Pointing) };
    return points.length * pointSeconds(inputs) + secondsOf(addedTour(cells, path, at, rotor));
  };
  const limited = limitDiscs(discs, settings.limit, secondsFor);
  return { points: limited.points, note: refineNote(settings, limited) };
}

/** Settling, reads and overhead of one added point, seconds: it is measured by stopping. */
export function pointSeconds(inputs: PlanInputs): number {
  return standingSeconds(inputs) + OVERHEAD_S;
}

function hasRoute(routes: Routes, from: Pointing, to: Pointing): boolean {
  if (routes.refusal(to) !== undefined) return false;
  try {
    return routes.legs(from, to).length > 0;
  } catch {
    return false;
  }
}
