import type { Pointing } from '#shared/sky/pointing';

/** A readback and when it was true: monotonic milliseconds. */
export interface Reading {
  pointing: Pointing;
  atMs: number;
}

/** A readback as others see it. */
export interface Observed extends Reading {
  moving: boolean;
  /** Wall clock, milliseconds. */
  unixMs: number;
  /** What the question took. */
  roundTripMs: number;
  /** The number of the connection that brought it. */
  connection: number;
}

const STEPS_DEG = [1, 0.5, 0.1, 0.01];

/**
 * The coarsest step a readback can have; what is assumed of a rotator that has not been read yet.
 */
export const COARSEST_STEP_DEG = 1;

/**
 * The step of a rotator's readback, degrees: the coarsest on which this pointing and all earlier
 * ones lie. A GS-232 says whole degrees, the dummy hundredths.
 */
export function finerStepDeg(stepDeg: number, { azimuthDeg, elevationDeg }: Pointing): number {
  const fits = (step: number) => [azimuthDeg, elevationDeg].every((deg) => isMultiple(deg, step));
  return STEPS_DEG.find((step) => step <= stepDeg && fits(step)) ?? 0.01;
}

function isMultiple(deg: number, step: number): boolean {
  const steps = deg / step;
  return Math.abs(steps - Math.round(steps)) < 1e-6;
}
