import type { Pointing } from '#shared/sky/pointing';

/** A readback and its time, monotonic milliseconds. */
export interface Reading {
  pointing: Pointing;
  atMs: number;
}

/** A readback with motion, wall clock and connection. */
export interface Readback extends Reading {
  moving: boolean;
  /** Wall clock, milliseconds. */
  unixMs: number;
  /** Duration of the query. */
  roundTripMs: number;
  /** The number of the connection. */
  connection: number;
}

const STEPS_DEG = [1, 0.5, 0.1, 0.01];

/** The coarsest step of a readback, assumed before the first reading. */
export const COARSEST_STEP_DEG = 1;

/**
 * The step of a readback, degrees: the coarsest one of which this pointing and all earlier ones are
 * multiples. A GS-232 reports whole degrees, the dummy of Hamlib hundredths.
 */
export function finerStepDeg(stepDeg: number, { azimuthDeg, elevationDeg }: Pointing): number {
  const fits = (step: number) => [azimuthDeg, elevationDeg].every((deg) => isMultiple(deg, step));
  return STEPS_DEG.find((step) => step <= stepDeg && fits(step)) ?? 0.01;
}

function isMultiple(deg: number, step: number): boolean {
  const steps = deg / step;
  return Math.abs(steps - Math.round(steps)) < 1e-6;
}
