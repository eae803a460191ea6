import { findProgram } from '../support/peers.ts';
import { figure, type Figure, type Row, type RowOptions } from './row.ts';
import { measureSteps } from './step.ts';
import { STEP_PROFILES, type StepProfile } from './step-profiles.ts';

/**
 * Stop-and-go scans through all processes on simulated rotators: wall time over the lower bound.
 */
export const wall: Row = {
  name: 'wall',
  run: (options) => figuresOf(STEP_PROFILES.filter(isSimulated), options),
};

/** The same on Hamlib's rotctld with its dummy rotator. */
export const wallRotctld: Row = {
  name: 'wall-rotctld',
  run: (options) =>
    findProgram('rotctld')
      ? figuresOf(
          STEP_PROFILES.filter((profile) => !isSimulated(profile)),
          options,
        )
      : Promise.resolve({ notAvailable: 'rotctld is not installed' }),
};

async function figuresOf(profiles: readonly StepProfile[], { quick }: RowOptions): Promise<Figure[]> {
  const measured = await measureSteps(quick ? profiles.slice(0, 1) : profiles, quick ? 3 : 10, quick ? 2 : 3);
  return measured.flatMap(({ name, points, ratio, goal, previewRatio }) => [
    figure(`${name}: wall over bound, ${points} points`, ratio, '', { max: goal }),
    figure(`${name}: preview over wall`, previewRatio, ''),
  ]);
}

function isSimulated({ resolutionDeg }: StepProfile): boolean {
  return resolutionDeg !== undefined;
}
