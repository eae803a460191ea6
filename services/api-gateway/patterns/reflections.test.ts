import { expect, test } from 'vitest';
import { gaussianPair, seededRandom } from '../../../test/support/samples.ts';
import { reflectionWarnings } from './reflections.ts';

const SIGMA_DB = 0.05;
const WIDTH_DEG = 20;
const WIDTH = { value: WIDTH_DEG, sigma: 0.1 };
const none = { value: 0, sigma: 0 };

/** A scan whose levels have a noise that changes every 8 degrees, and a reflection. */
function scanWith(seed: number, amplitude: number, phase: (deg: number) => number, frequency_hz = 1e9) {
  const random = seededRandom(seed);
  const knots = Array.from({ length: 50 }, () => SIGMA_DB * gaussianPair(random)[0]);
  const cut = Array.from({ length: 360 }, (_, k) => {
    const angle_deg = k - 180;
    const [at, share] = [Math.floor(k / 8), (k % 8) / 8];
    const noise = Math.hypot(1 - share, share);
    const wave = ((knots[at] ?? 0) * (1 - share) + (knots[at + 1] ?? 0) * share) / noise;
    const level = 10 * Math.log10(1 + amplitude ** 2 + 2 * amplitude * Math.cos(phase(angle_deg)));
    const gain_db = -12 * Math.min(1.5, (angle_deg / WIDTH_DEG) ** 2) + level + wave;
    return { angle_deg, gain_db, sigma_db: SIGMA_DB };
  });
  return {
    source: 'mast',
    frequency_hz,
    cuts: { azimuth: cut, elevation: [] },
    hpbw_deg: { azimuth: WIDTH, elevation: WIDTH, major: null, minor: null },
    squint_deg: { azimuth: none, elevation: none },
  };
}

const rippleOf = (text: string | undefined) => Number(/a ripple of ([\d.]+) dB/.exec(text ?? '')?.[1]);

test('noise alone is not warned of', () => {
  const alarms = Array.from({ length: 40 }, (_, n) =>
    reflectionWarnings(
      scanWith(2 * n + 1, 0, () => 0),
      scanWith(2 * n + 2, 0, () => 0),
    ),
  ).flat();
  expect(alarms.length).toBeLessThanOrEqual(1);
});

test.each([0.05, 0.1, 0.3])('a reflection of %d behind the antenna is found there, with its ripple', (r) => {
  const behind = (deg: number) => (Math.abs(deg) > 150 ? 1 : 0);
  const scan = (seed: number, shift: number) => {
    const [still, moved] = [scanWith(seed, 0, () => 0), scanWith(seed, r, (deg) => deg / 2 + shift)];
    const azimuth = still.cuts.azimuth.map((point, k) =>
      behind(point.angle_deg) ? (moved.cuts.azimuth[k] ?? point) : point,
    );
    return { ...still, cuts: { azimuth, elevation: [] } };
  };
  const [warning] = reflectionWarnings(scan(3, 0), scan(4, Math.PI / 2));
  expect(warning?.code).toBe('reflections');
  const expected = 20 * Math.log10((1 + r) / (1 - r));
  expect(rippleOf(warning?.message) / expected).toBeGreaterThan(0.7);
  expect(rippleOf(warning?.message) / expected).toBeLessThan(1.5);
  const [, from] = /most at (-?\d+) to -?\d+ deg in azimuth/.exec(warning?.message ?? '') ?? [];
  expect(Math.abs(Number(from))).toBeGreaterThan(140);
});

test('scans of other frequencies or sources, and another axis, are no reflections', () => {
  const [one, other] = [scanWith(5, 0.3, (deg) => deg), scanWith(6, 0.3, (deg) => deg + 2)];
  expect(reflectionWarnings(one, other)).toHaveLength(1);
  expect(reflectionWarnings(one, { ...other, frequency_hz: 1.1e9 })).toEqual([]);
  expect(reflectionWarnings(one, { ...other, source: 'Sun' })).toEqual([]);
  const still = scanWith(7, 0, () => 0);
  const turned = {
    ...still,
    cuts: { azimuth: still.cuts.azimuth.map((p) => ({ ...p, angle_deg: p.angle_deg + 1 })), elevation: [] },
  };
  const axis = { azimuth: { value: -1, sigma: 0.1 }, elevation: none };
  expect(reflectionWarnings(still, turned)).toHaveLength(1);
  expect(reflectionWarnings(still, { ...turned, squint_deg: axis })).toEqual([]);
});
