import { azimuthSpanDeg, gridShape, MAX_ADDED_POINTS } from '#shared/sky/grid-shape';
import { hopSeconds } from '#shared/sky/kinematics';
import type { PlanInputs } from '../plan-inputs.ts';
import { pointSeconds } from './refine-scan.ts';
import { beamWidthOf, discRadiusDeg, type RefineSettings } from './refine-settings.ts';

/** The most that a refinement adds to a scan. */
export interface RefineRange {
  maxPoints: number;
  maxSeconds: number;
}

/**
 * The most points that a refinement can add, and an estimate of their time: fine steps inside the
 * discs, and between the discs moves over a quarter of the sector.
 */
export function refineRange(inputs: PlanInputs, settings: RefineSettings): RefineRange {
  const { bounds, rotor } = inputs;
  const { stepDeg, limit } = settings;
  const radiusDeg = discRadiusDeg(beamWidthOf(settings, rotor.beamWidthDeg));
  const lattice = gridShape({ ...bounds, kind: 'equal_area', stepDeg }).totalPoints;
  const step = Math.max(hopSeconds(stepDeg, rotor.azimuth), hopSeconds(stepDeg, rotor.elevation));
  const perDisc = Math.max(1, Math.round(Math.PI * (radiusDeg / stepDeg) ** 2));
  const between = Math.max(
    hopSeconds(azimuthSpanDeg(bounds) / 4, rotor.azimuth),
    hopSeconds((bounds.elEndDeg - bounds.elStartDeg) / 2, rotor.elevation),
  );
  const perPoint = pointSeconds(inputs) + step + between / perDisc;
  const most = Math.min(lattice, 'points' in limit ? limit.points : MAX_ADDED_POINTS);
  if ('points' in limit) return { maxPoints: most, maxSeconds: most * perPoint };
  return {
    maxPoints: Math.min(most, Math.floor(limit.seconds / (pointSeconds(inputs) + step))),
    maxSeconds: Math.min(limit.seconds, most * perPoint),
  };
}
