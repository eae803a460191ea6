import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measureMoves, type AxisModel, type ReadbackTiming } from '../../../test/support/measured-axis.ts';
import { axisFindings, resultOf } from './characterise-axis.ts';
import { testTargets } from './characterise-plan.ts';

const QUICK: ReadbackTiming = { apartMs: 10 };
const SLOW: ReadbackTiming = { apartMs: 300 };

function findings(model: AxisModel, timing: ReadbackTiming, seed = 1, rangeDeg = 180) {
  const range = { lowDeg: 10, highDeg: 10 + rangeDeg, otherDeg: 45 };
  const targets = testTargets(range, model, 1);
  const traces = measureMoves(model, timing, [10, 15, ...targets], seed);
  return resultOf(axisFindings('azimuth', traces, { speedDegPerS: 6, accelerationDegPerS2: 20 }));
}

const off = (value: number | undefined, truth: number) =>
  value === undefined ? Infinity : Math.abs(value / truth - 1);

// The profiles of four rotators, deg/s and deg/s2.
const PROFILES: [string, number, number][] = [
  ['G-5500 azimuth', 6.2, 20],
  ['G-5500 elevation', 2.69, 9],
  ['SPID azimuth', 6, 20],
  ['SPID elevation', 4.5, 15],
  ['SatNOGS v3', 13.3, 6.7],
  ['Carryout G2 azimuth', 65, 400],
  ['Carryout G2 elevation', 45, 400],
];

describe('speed and acceleration', () => {
  test.each(PROFILES)('%s with a fine readback', (_name, speedDegPerS, accelerationDegPerS2) => {
    const found = findings({ speedDegPerS, accelerationDegPerS2, stepDeg: 0.01, delayMs: 80 }, QUICK);
    expect(off(found.speedDegPerS, speedDegPerS)).toBeLessThan(0.05);
    expect(off(found.accelerationDegPerS2, accelerationDegPerS2)).toBeLessThan(0.1);
    expect(Math.abs((found.startDelayMs ?? NaN) - 80)).toBeLessThan(15);
    expect(found.resolutionDeg).toBeCloseTo(0.01, 3);
    expect([found.overshootDeg, found.backlashDeg, found.settleMs]).toEqual([0, 0, 0]);
  });

  test.each(PROFILES)('%s with a readback in whole degrees', (_name, speedDegPerS, accelerationDegPerS2) => {
    const found = findings({ speedDegPerS, accelerationDegPerS2, stepDeg: 1 }, QUICK);
    expect(off(found.speedDegPerS, speedDegPerS)).toBeLessThan(0.05);
    expect(found.resolutionDeg).toBe(1);
    if (found.accelerationDegPerS2 === undefined)
      expect(found.remarks.join()).toContain('acceleration is too fast');
    else expect(off(found.accelerationDegPerS2, accelerationDegPerS2)).toBeLessThan(0.3);
  });

  test.each(PROFILES.slice(0, 5))('%s over a slow timing', (_name, speedDegPerS, accelerationDegPerS2) => {
    const found = findings({ speedDegPerS, accelerationDegPerS2, stepDeg: 0.1 }, SLOW);
    expect(off(found.speedDegPerS, speedDegPerS)).toBeLessThan(0.05);
    if (found.accelerationDegPerS2 === undefined)
      expect(found.remarks.join()).toContain('acceleration is too fast');
    else expect(off(found.accelerationDegPerS2, accelerationDegPerS2)).toBeLessThan(0.3);
  });

  test('with noise and outliers', () => {
    const model = { speedDegPerS: 6.2, accelerationDegPerS2: 20, noiseDeg: 0.1 };
    const found = findings(model, { apartMs: 20, strayEvery: 37 });
    expect(off(found.speedDegPerS, 6.2)).toBeLessThan(0.05);
    expect(off(found.accelerationDegPerS2, 20)).toBeLessThan(0.1);
    expect([found.overshootDeg, found.backlashDeg]).toEqual([0, 0]);
  });

  // A second of work on a quiet machine.
  test('of random rotators', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 40, noNaN: true }),
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 1e6 }),
        (speedDegPerS, rampS, delayMs, seed) => {
          const model = { speedDegPerS, accelerationDegPerS2: speedDegPerS / rampS, delayMs, stepDeg: 0.01 };
          // As many readings for slow axes as for fast ones, so that each fit takes the same time.
          const found = findings(model, { apartMs: Math.max(15, 100 / speedDegPerS) }, seed);
          expect(off(found.speedDegPerS, speedDegPerS)).toBeLessThan(0.05);
          // Within ten steps of the readback the standard error is up to 5 %, or there is a remark.
          const isVisible = (speedDegPerS * rampS) / 2 > 0.1;
          if (isVisible || found.accelerationDegPerS2 !== undefined)
            expect(off(found.accelerationDegPerS2, speedDegPerS / rampS)).toBeLessThan(
              isVisible ? 0.1 : 0.25,
            );
          else expect(found.remarks.join()).toContain('acceleration is too fast');
          expect(Math.abs((found.startDelayMs ?? NaN) - delayMs)).toBeLessThan(
            isVisible ? 40 : 40 + 500 * rampS,
          );
        },
      ),
      { numRuns: 10, endOnFailure: true, examples: [[0.5, 0.292, 0, 13]] },
    );
  });

  test('the slower direction is used', () => {
    const model = { speedDegPerS: 4, downSpeedDegPerS: 5, accelerationDegPerS2: 15, stepDeg: 0.1 };
    const found = findings(model, QUICK);
    expect(off(found.speedDegPerS, 4)).toBeLessThan(0.05);
    expect(found.remarks.join()).toMatch(/azimuth: it reaches [34]\.\d\d deg\/s .* [45]\.\d\d deg\/s/);
  });

  test('a range too short for full speed gets a remark', () => {
    const found = findings({ speedDegPerS: 60, accelerationDegPerS2: 10, stepDeg: 0.1 }, QUICK, 1, 60);
    expect(found.speedDegPerS).toBeUndefined();
    expect(off(found.accelerationDegPerS2, 10)).toBeLessThan(0.1);
    expect(found.remarks.join()).toMatch(/did not keep its full speed for long enough within 60\.0 deg/);
  });
});

describe('the end of a move', () => {
  test('an oscillating antenna overshoots and takes time to settle', () => {
    const model = { speedDegPerS: 6, accelerationDegPerS2: 20, stepDeg: 0.01, swingDeg: 0.5 };
    const found = findings(model, QUICK);
    expect(found.overshootDeg).toBeGreaterThan(0.2);
    expect(found.overshootDeg).toBeLessThan(0.5);
    expect(found.settleMs).toBeGreaterThan(350);
    expect(found.settleMs).toBeLessThan(650);
  });

  test('play before the sensor is measured; play behind it gets a remark', () => {
    const model = { speedDegPerS: 6, accelerationDegPerS2: 20, stepDeg: 0.01 };
    expect(off(findings({ ...model, playDeg: 0.8 }, QUICK).backlashDeg, 0.8)).toBeLessThan(0.2);
    const found = findings(model, QUICK);
    expect(found.backlashDeg).toBe(0);
    expect(found.remarks).toEqual([
      'azimuth: the readback shows no motion lost on a reversal; play behind the sensor is not visible',
    ]);
  });

  test('an axis that hardly moves is not measured', () => {
    const trace = { fromDeg: 10, toDeg: 15, commandedMs: 0, readings: [{ atMs: 10, deg: 10 }] };
    expect(
      resultOf(axisFindings('elevation', [trace], { speedDegPerS: 6, accelerationDegPerS2: 20 })),
    ).toEqual({
      resolutionDeg: undefined,
      remarks: ['elevation: it did not move far enough to be measured'],
    });
  });
});

test('is computed in slices, one for each fit of a move', () => {
  const model = { speedDegPerS: 6.2, accelerationDegPerS2: 20, stepDeg: 0.01 };
  const targets = testTargets({ lowDeg: 10, highDeg: 190, otherDeg: 45 }, model, 1);
  const traces = measureMoves(model, QUICK, [10, 15, ...targets], 1);
  const slices = [...axisFindings('azimuth', traces, { speedDegPerS: 6, accelerationDegPerS2: 20 })];
  // Two fits for each move: the trapezoid and the start.
  expect(slices).toHaveLength(2 * traces.length);
});
