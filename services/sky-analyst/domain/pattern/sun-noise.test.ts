import { expect, test } from 'vitest';
import { gaussianPair, seededRandom } from '../../../../test/support/samples.ts';
import { sunNoise, type SunPlan } from './sun-noise.ts';

/** A dish of 35 dBi at 1.42 GHz with a system temperature of 80 K on the cold sky. */
const GAIN_DBI = 35;
const SYSTEM_K = 80;
const WAVELENGTH_M = 0.2111;
const FLUX_SFU = 60;
const PLAN: SunPlan = {
  fluxSfu: { value: FLUX_SFU, sigma: 0 },
  wavelengthM: WAVELENGTH_M,
  sourceWidthDeg: 0.53,
  beamWidthDeg: { value: 2.6, sigma: 0.02 },
  gainDbi: { value: GAIN_DBI, sigma: 0 },
};
const BOLTZMANN = 1.380649e-23;

/** What the antenna takes from the Sun: half of the flux on its effective area, less the spread. */
function sunTemperatureK(): number {
  const areaM2 = (10 ** (GAIN_DBI / 10) * WAVELENGTH_M ** 2) / (4 * Math.PI);
  const spread = 1 + 0.38 * (0.53 / 2.6) ** 2;
  return (0.5 * FLUX_SFU * 1e-22 * areaM2) / (BOLTZMANN * spread);
}

const exact = (value: number) => ({ value, sigma: 0 });

test('the temperature of a station that receives the Sun is found again', () => {
  const [background, peak] = [exact(SYSTEM_K), exact(sunTemperatureK())];
  const noise = sunNoise({ peak, background }, PLAN);
  expect(noise?.yFactor.value).toBeCloseTo(1 + sunTemperatureK() / SYSTEM_K, 9);
  expect(noise?.systemTemperatureK?.value).toBeCloseTo(SYSTEM_K, 6);
  expect(noise?.gOverTDb.value).toBeCloseTo(GAIN_DBI - 10 * Math.log10(SYSTEM_K), 6);
});

test.each([0.5, 3, 200])('in other units of power, by %d, the figures are the same', (factor) => {
  const levels = { peak: { value: 5, sigma: 0.1 }, background: { value: 2, sigma: 0.01 } };
  const scaled = {
    peak: { value: 5 * factor, sigma: 0.1 * factor },
    background: { value: 2 * factor, sigma: 0.01 * factor },
  };
  const [one, other] = [sunNoise(levels, PLAN), sunNoise(scaled, PLAN)];
  expect(other?.yFactor.value).toBeCloseTo(one?.yFactor.value ?? NaN, 9);
  expect(other?.gOverTDb.sigma).toBeCloseTo(one?.gOverTDb.sigma ?? NaN, 9);
});

test('the sigmas are those of repeated measurements', () => {
  const random = seededRandom(5);
  const [hot, cold, sigma] = [240, SYSTEM_K, { hot: 2, cold: 0.5 }];
  const found = Array.from({ length: 400 }, () => {
    const [a, b] = gaussianPair(random);
    const background = { value: cold + sigma.cold * b, sigma: sigma.cold };
    const peak = { value: hot + sigma.hot * a - background.value, sigma: sigma.hot };
    return sunNoise({ peak, background }, PLAN);
  });
  const truth = sunNoise({ peak: exact(hot - cold), background: exact(cold) }, PLAN);
  for (const name of ['yFactor', 'systemTemperatureK'] as const) {
    const inside = found.filter(
      (each) =>
        Math.abs((each?.[name]?.value ?? NaN) - (truth?.[name]?.value ?? NaN)) <=
        (each?.[name]?.sigma ?? NaN),
    );
    // 68.3 % of 400 with three sigma of the binomial distribution.
    expect(inside.length / 400).toBeGreaterThan(0.61);
    expect(inside.length / 400).toBeLessThan(0.755);
  }
});

test('the error of the flux is part of G/T and temperature, not of the Y factor', () => {
  const levels = { peak: { value: 5, sigma: 0.1 }, background: { value: 2, sigma: 0.01 } };
  const known = sunNoise(levels, PLAN);
  const unsure = sunNoise(levels, { ...PLAN, fluxSfu: { value: FLUX_SFU, sigma: 0.05 * FLUX_SFU } });
  expect(unsure?.yFactor).toEqual(known?.yFactor);
  expect(unsure?.gOverTDb.value).toBe(known?.gOverTDb.value);
  const fluxDb = (10 / Math.LN10) * 0.05;
  expect(unsure?.gOverTDb.sigma).toBeCloseTo(Math.hypot(known?.gOverTDb.sigma ?? NaN, fluxDb), 9);
  const { value = NaN, sigma = NaN } = known?.systemTemperatureK ?? {};
  expect(unsure?.systemTemperatureK?.sigma).toBeCloseTo(Math.hypot(sigma, 0.05 * value), 9);
});

test('without a gain there is no temperature, without a level no figure', () => {
  const levels = { peak: exact(3), background: exact(1) };
  expect(sunNoise(levels, { ...PLAN, gainDbi: undefined })?.systemTemperatureK).toBeUndefined();
  expect(sunNoise({ ...levels, background: exact(0) }, PLAN)).toBeUndefined();
  expect(sunNoise({ ...levels, peak: exact(-1) }, PLAN)).toBeUndefined();
});
