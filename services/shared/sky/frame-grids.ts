import type { Pointing } from './pointing.ts';
import { steppedDeg, stepsIn, toNanodegrees } from './steps.ts';
import { degToRad, radToDeg } from './units.ts';

// Grids of offsets from a source that are no lattice: lines through it, and a spiral around it.

export const FRAME_GRIDS = ['cross', 'principal_cuts', 'spiral'] as const;

/** The extent and step of a grid, degrees; `kind`: one of the above for these functions. */
export interface OffsetBounds {
  kind: string;
  azStartDeg: number;
  azEndDeg: number;
  elStartDeg: number;
  elEndDeg: number;
  stepDeg: number;
}

/** Points of a row: of a line, or of the whole spiral. */
export function columnsInLine(bounds: OffsetBounds, row: number): number {
  const { kind, azStartDeg, azEndDeg, elStartDeg, elEndDeg, stepDeg } = bounds;
  if (kind === 'spiral') return Math.floor(Math.PI * (spiralRadiusDeg(bounds) / stepDeg) ** 2 + 1e-9) + 1;
  if (row > 0) return stepsIn(elStartDeg, elEndDeg, stepDeg);
  // The opposite direction is measured once.
  const isCircle = kind === 'principal_cuts' && azEndDeg - azStartDeg >= 360 - 1e-9;
  return stepsIn(azStartDeg, azEndDeg, stepDeg) - (isCircle ? 1 : 0);
}

/** The offset of a cell, degrees: azimuth to the right, elevation upwards. */
export function lineOffset(bounds: OffsetBounds, row: number, column: number): Pointing {
  const { kind, azStartDeg, elStartDeg, stepDeg } = bounds;
  if (kind === 'spiral') return spiralOffset(column, stepDeg);
  if (row === 0) return { azimuthDeg: steppedDeg(azStartDeg, column, stepDeg), elevationDeg: 0 };
  return { azimuthDeg: row === 1 ? 0 : 180, elevationDeg: steppedDeg(elStartDeg, column, stepDeg) };
}

/** Of the circle around the source that fits into the bounds. */
function spiralRadiusDeg({ azStartDeg, azEndDeg, elStartDeg, elEndDeg }: OffsetBounds): number {
  return Math.max(0, Math.min(-azStartDeg, azEndDeg, -elStartDeg, elEndDeg));
}

/**
 * A spiral of Archimedes, r = step t / 2 pi, with the angles t = 2 sqrt(pi n): turns and points are
 * one step apart.
 */
function spiralOffset(n: number, stepDeg: number): Pointing {
  const turn = 2 * Math.sqrt(Math.PI * n);
  const radius = degToRad((stepDeg * turn) / (2 * Math.PI));
  return {
    azimuthDeg: toNanodegrees(radToDeg(Math.atan2(Math.sin(radius) * Math.cos(turn), Math.cos(radius)))),
    elevationDeg: toNanodegrees(radToDeg(Math.asin(Math.sin(radius) * Math.sin(turn)))),
  };
}
