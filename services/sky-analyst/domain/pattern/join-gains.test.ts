import { expect, test } from 'vitest';
import { analyticGain, scanOver, type FixedScan } from '../../../../test/support/analytic-antenna.ts';
import type { Vector } from '../finder/sphere.ts';
import type { Figure } from './figure.ts';
import { fitJoin } from './fit-join.ts';
import { joinGains } from './join-gains.ts';
import { measureJoined } from './measure-joined.ts';
import { measurePattern } from './measure-pattern.ts';
import type { PatternScan } from './pattern.ts';

/** The beam of the analytic antenna, with a back lobe of 45 dB below the peak. */
const BACK_DB = 45;
const gainAt = ([, forward]: Vector) =>
  ((1 + forward) / 2) ** 20 + 10 ** (-BACK_DB / 10) * ((1 - forward) / 2) ** 4;
const FACTOR = 1 / 50;
/** Of the peak of the lower gain. */
const LOW_FLOOR = 1e-3;
const HIGH_FLOOR = 1e-6;
const CLIP = 0.03;
const REPEATS = 10;
const PLAN: FixedScan = {
  gainAt,
  source: { azimuthDeg: 350, elevationDeg: 0 },
  azimuths: [0, 355],
  elevations: [0, 175],
  stepDeg: 5,
  noiseDb: 0.05,
};

/** Levels of the higher gain are those of the lower one over FACTOR, up to where it clips. */
function highOf(plan: Partial<FixedScan> = {}, clip = CLIP): PatternScan {
  const scan = scanOver({ ...PLAN, seed: 7, ...plan, background: HIGH_FLOOR });
  scan.level.forEach((level, k) => {
    // Near full scale, levels are compressed.
    scan.clipped[k] = level > clip ? 1 : 0;
    scan.level[k] = (level > clip ? clip + 0.05 * (level - clip) : level) / FACTOR;
  });
  return scan;
}

const low = (plan: Partial<FixedScan> = {}) => scanOver({ ...PLAN, background: LOW_FLOOR, ...plan });

function expectWithin(figure: Figure | undefined, expected: number, sigmas = 4): void {
  expect(Math.abs((figure?.value ?? NaN) - expected)).toBeLessThan(sigmas * (figure?.sigma ?? NaN));
}

test('a line through levels of both gains ignores outliers, and its derivatives give its values', () => {
  const levels = Array.from({ length: 60 }, (_, k) => 0.01 * 1.08 ** k);
  const matches = levels.map((level, k) => ({
    low: (2 * level + 0.004) * (k % 10 === 3 ? 1.6 : 1 + 0.001 * Math.sin(9 * k)),
    high: level,
    level: 2 * level + 0.004,
  }));
  const fit = fitJoin(matches);
  expect(fit?.factor).toBeCloseTo(2, 2);
  expect(fit?.offset).toBeCloseTo(0.004, 3);
  const sum = matches.reduce((all, { low: each }, k) => all + each * (fit?.byLow.factor[k] ?? NaN), 0);
  expect(sum).toBeCloseTo(fit?.factor ?? NaN, 12);
  expect(fitJoin([{ low: 1, high: 1, level: 1 }])).toBeUndefined();
});

test.each([
  ['the same grid', {}],
  ['another grid', { stepDeg: 7, azimuths: [3, 353], elevations: [2, 177] } as const],
])('two gains on %s have the peak of one and the back lobe of the other', (_, grid) => {
  const { scan, join, warnings } = joinGains(low(), highOf(grid));
  expectWithin(join.factorDb, 10 * Math.log10(FACTOR));
  // The floors, as the lower gain shows them.
  expectWithin(join.offset, LOW_FLOOR - HIGH_FLOOR);
  expect(join.factorDb.sigma).toBeLessThan(0.05);
  expect(join.overlapDb).toBeGreaterThan(9);
  expect(warnings).toEqual([]);
  expect(join.lowPoints).toBeGreaterThan(10);
  expect(join.highPoints).toBeGreaterThan(3 * join.lowPoints);
  expect(scan.clipped.every((each) => each === 0)).toBe(true);
  const pattern = measureJoined(low(), highOf(grid), { background: LOW_FLOOR });
  expect(pattern.gainJoin).toEqual(join);
  expect(pattern.warnings).toEqual([]);
  expectWithin(pattern.directivityDbi, 10 * Math.log10(21));
  expectWithin(pattern.azimuth.hpbwDeg, (4 * Math.acos(0.5 ** (1 / 40)) * 180) / Math.PI);
  expectWithin(pattern.frontToBackDb.opposite, BACK_DB);
});

test('the error of the join is part of the errors of low levels only', () => {
  const settings = { background: LOW_FLOOR };
  const joined = measureJoined(low(), highOf(), settings);
  const back = joined.frontToBackDb.opposite;
  const offset = (10 / Math.LN10) * ((joined.gainJoin?.offset.sigma ?? NaN) / 10 ** (-BACK_DB / 10));
  expect(back?.sigma).toBeGreaterThan(0.5 * offset);
  expect(joined.azimuth.hpbwDeg?.sigma).toBeLessThan(0.5);
});

test('repeats differ by as much as the errors of the join say', () => {
  const squares = Array.from({ length: REPEATS }, (_, n) => {
    const { join } = joinGains(low({ seed: 100 + n }), highOf({ seed: 300 + n }));
    const of = ({ value, sigma }: Figure, truth: number) => ((value - truth) / sigma) ** 2;
    return [of(join.factorDb, 10 * Math.log10(FACTOR)), of(join.offset, LOW_FLOOR - HIGH_FLOOR)];
  });
  for (const k of [0, 1]) {
    const mean = squares.reduce((sum, each) => sum + (each[k] ?? NaN), 0) / REPEATS;
    // Of chi^2 with 10 degrees of freedom, 99.8 % are within.
    expect(mean).toBeGreaterThan(0.148);
    expect(mean).toBeLessThan(2.96);
  }
});

test('a beam in a small scan has a background of its own, in which the offset cancels', () => {
  const plan = {
    gainAt: ([x, , z]: Vector) => Math.exp((-4 * Math.LN2 * (x * x + z * z)) / (6 * (Math.PI / 180)) ** 2),
    source: { azimuthDeg: 0, elevationDeg: 40 },
    azimuths: [-26, 26],
    elevations: [20, 60],
    stepDeg: 1,
  } as const;
  const pattern = measureJoined(low({ ...plan, background: 1e-3 }), highOf(plan, 0.05), {});
  expect(pattern.background?.isFound).toBe(true);
  expectWithin(pattern.ellipse?.majorDeg, 6);
  // 10 dB below the floor of the lower gain, as a receiver shows it that does not clip.
  const unclipped = measurePattern(highOf(plan, 10), {});
  const [far, same] = [pattern, unclipped].map(({ azimuth }) =>
    azimuth.cut.find(({ angleDeg }) => angleDeg === 11),
  );
  expect(far?.gainDb).toBeLessThan(-38);
  expect(far?.sigmaDb).toBeLessThan(0.3);
  expect(Math.abs((far?.gainDb ?? NaN) - (same?.gainDb ?? NaN))).toBeLessThan(
    4 * Math.hypot(far?.sigmaDb ?? NaN, same?.sigmaDb ?? NaN),
  );
});

test('gains with too little in common are refused, with what they need', () => {
  expect(() => joinGains(low(), highOf({}, 2.2e-3))).toThrow(
    /over \d\.\d dB: a join needs 20 points over 5 dB/,
  );
  const unclipped = highOf({}, 10);
  expect(() => joinGains(low(), unclipped)).toThrow(/no point of the higher gain is clipped/);
  const other = highOf({ gainAt: analyticGain([0, -1, 0]) });
  expect(() => joinGains(low(), other)).toThrow(/differ by \d+\.\d dB/);
});

test('an overlap below 10 dB is warned of', () => {
  const { join, warnings } = joinGains(low(), highOf({}, 0.01));
  expect(join.overlapDb).toBeLessThan(10);
  expect(warnings.map(({ code }) => code)).toEqual(['overlap']);
});
