import { expect, test } from 'vitest';
import { COARSEST_STEP_DEG, finerStepDeg } from './reading.ts';

test.each([
  ['whole degrees', [10, 350, 0], 1],
  ['tenths', [10, 10.3], 0.1],
  ['halves', [10.5], 0.5],
  ['hundredths', [10, 7.23, 8], 0.01],
  ['anything finer', [1.23456], 0.01],
])('the step of a readback in %s', (_, azimuths, stepDeg) => {
  const learnt = azimuths.reduce(
    (step, azimuthDeg) => finerStepDeg(step, { azimuthDeg, elevationDeg: 5 }),
    COARSEST_STEP_DEG,
  );
  expect(learnt).toBe(stepDeg);
});
