import { expect, test } from 'vitest';
import { scanOver, type FixedScan } from '../../../../test/support/analytic-antenna.ts';
import { gaussianPair, seededRandom } from '../../../../test/support/samples.ts';
import type { Vector } from '../finder/sphere.ts';
import { measurePattern } from './measure-pattern.ts';
import type { PatternScan } from './pattern.ts';

const BACK_DB = 30;
const WHOLE: FixedScan = {
  gainAt: ([, forward]: Vector) =>
    ((1 + forward) / 2) ** 20 + 10 ** (-BACK_DB / 10) * ((1 - forward) / 2) ** 4,
  source: { azimuthDeg: 350, elevationDeg: 0 },
  azimuths: [0, 354],
  elevations: [0, 174],
  stepDeg: 6,
  noiseDb: 0.05,
};
/** A beam of 6 degrees in a small scan. */
const SMALL: FixedScan = {
  ...WHOLE,
  gainAt: ([x, , z]: Vector) => Math.exp((-4 * Math.LN2 * (x * x + z * z)) / (Math.PI / 30) ** 2),
  source: { azimuthDeg: 0, elevationDeg: 40 },
  azimuths: [-26, 26],
  elevations: [20, 60],
  stepDeg: 1,
};
const LEVEL = 2e-3;

/**
 * Adds noise of the ground, which rises towards the horizon, with a receiver that drifts by 1 dB.
 * @param tilt The channels below over those of the source, and these over those above.
 * @param leak Part of the source in the neighbours.
 */
function withBackground(plan: FixedScan, { tilt = 1, filter = 1, leak = 0 } = {}): PatternScan {
  const pure = scanOver({ ...plan, noiseDb: 0, seed: 4 });
  const random = seededRandom(12);
  const noise = (db: number) => 10 ** ((db * gaussianPair(random)[0]) / 10);
  const { length } = pure.level;
  const background = pure.level.map((_, k) => {
    const elevation = Math.sin(((pure.elevationDeg[k] as number) * Math.PI) / 180);
    return LEVEL * (1 + 2 * Math.exp(-4 * elevation)) * 10 ** (0.1 * Math.sin((2 * Math.PI * k) / length));
  });
  const side = (factor: number) =>
    background.map((each, k) => (factor * each + leak * (pure.level[k] as number)) * noise(0.03));
  return {
    ...pure,
    level: pure.level.map((each, k) => (each + filter * (background[k] as number)) * noise(plan.noiseDb)),
    neighbours: { below: side(tilt), above: side(2 - tilt) },
  };
}

const without = (scan: PatternScan): PatternScan => ({ ...scan, neighbours: undefined });

test('ground noise and drift are removed by the neighbouring channels', () => {
  const scan = withBackground(WHOLE, { tilt: 1.02 });
  const [own, blind] = [measurePattern(scan), measurePattern(without(scan))];
  expect(own.background).toMatchObject({ isFound: true, isOfChannels: true });
  const back = own.frontToBackDb.opposite;
  expect(Math.abs((back?.value ?? NaN) - BACK_DB)).toBeLessThan(4 * (back?.sigma ?? NaN));
  expect(Math.abs((back?.value ?? NaN) - BACK_DB)).toBeLessThan(1);
  expect(own.warnings).toEqual([]);
  // Without them, the ground is taken for a back lobe.
  expect(Math.abs((blind.frontToBackDb.opposite?.value ?? NaN) - BACK_DB)).toBeGreaterThan(2);
});

test('the filter of the receiver is found where the source is not received', () => {
  const scan = withBackground(SMALL, { filter: 0.8, leak: 0.01 });
  const pattern = measurePattern(scan);
  expect(pattern.background?.isOfChannels).toBe(true);
  const lobe = pattern.azimuth.cut.find(({ angleDeg }) => angleDeg === 9);
  const expected = -10 * Math.log10(2) * (Math.sin(Math.PI / 20) / (Math.PI / 60)) ** 2;
  const blind = measurePattern(without(scan)).azimuth.cut.find(({ angleDeg }) => angleDeg === 9);
  // 27 dB below the peak, as high as the background; 0.05 deg of the axis are 0.4 dB.
  expect(Math.abs((lobe?.gainDb ?? NaN) - expected)).toBeLessThan(0.5);
  expect(Math.abs((blind?.gainDb ?? NaN) - expected)).toBeGreaterThan(1);
});

test('neighbours that contain the source, or are not known, are not used', () => {
  expect(measurePattern(withBackground(SMALL, { leak: 0.7 })).background?.isOfChannels).not.toBe(true);
  const unknown = withBackground(SMALL);
  unknown.neighbours?.below.fill(NaN, 3, 4);
  expect(measurePattern(unknown).background?.isOfChannels).not.toBe(true);
  expect(measurePattern(withBackground(SMALL), { background: LEVEL }).background).toEqual({
    level: LEVEL,
    sigma: 0,
    isFound: true,
  });
});
