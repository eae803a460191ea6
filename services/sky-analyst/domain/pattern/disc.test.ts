import { expect, test } from 'vitest';
import { correctedWidth } from './beam-figures.ts';
import { sunNoise, type SunPlan } from './sun-noise.ts';

// The corrections for a disc, against a uniform disc that is summed up over a Gaussian beam.

const STEPS = 200;

/** Mean gain of a Gaussian beam of width 1 over a disc, whose middle is beside the axis. */
function receivedFrom(diameter: number, offset: number): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < STEPS; i++)
    for (let j = 0; j < STEPS; j++) {
      const [x, y] = [(i + 0.5) / STEPS - 0.5, (j + 0.5) / STEPS - 0.5];
      if (Math.hypot(x, y) > 0.5) continue;
      sum += Math.exp(-4 * Math.LN2 * ((offset + diameter * x) ** 2 + (diameter * y) ** 2));
      count++;
    }
  return sum / count;
}

function measuredWidth(diameter: number): number {
  const half = receivedFrom(diameter, 0) / 2;
  let [low, high] = [0, 2];
  for (let n = 0; n < 30; n++) {
    const middle = (low + high) / 2;
    if (receivedFrom(diameter, middle) > half) low = middle;
    else high = middle;
  }
  return low + high;
}

test.each([
  [0.1, 0.002],
  [0.3, 0.004],
  [0.6, 0.007],
  [1, 0.007],
])('a disc of %d beam widths loses what L says, within %d', (ratio, tolerance) => {
  const plan: SunPlan = {
    fluxSfu: { value: 60, sigma: 0 },
    wavelengthM: 0.2,
    sourceWidthDeg: ratio,
    beamWidthDeg: { value: 1, sigma: 0 },
    gainDbi: undefined,
  };
  const levels = { peak: { value: 2, sigma: 0 }, background: { value: 1, sigma: 0 } };
  const [disc, point] = [plan, { ...plan, sourceWidthDeg: 0 }].map(
    (each) => sunNoise(levels, each)?.gOverTDb.value ?? NaN,
  );
  const loss = 10 ** (((disc ?? NaN) - (point ?? NaN)) / 10);
  expect(Math.abs(loss * receivedFrom(ratio, 0) - 1)).toBeLessThan(tolerance);
});

test.each([
  [0.1, 0.0005],
  [0.3, 0.0005],
  [0.6, 0.005],
  [0.9, 0.025],
])('a beam that a disc of %d beam widths has widened has its width again, within %d', (ratio, tolerance) => {
  const measured = measuredWidth(ratio);
  expect(measured).toBeGreaterThan(1);
  expect(Math.abs((correctedWidth(measured, ratio)?.width ?? NaN) - 1)).toBeLessThan(tolerance);
});
