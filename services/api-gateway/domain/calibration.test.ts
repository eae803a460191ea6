import { describe, expect, test } from 'vitest';
import { maxSpreadDb, newestPerSettings, problemWithReads, sameSettings } from './calibration.ts';

const settings = { centerFrequencyHz: 1.42e9, bandwidthHz: 2e6, gainDb: 29.7 };

describe('a calibration applies', () => {
  test.each([
    ['to the same settings', {}, true],
    ['1 kHz off', { centerFrequencyHz: 1.42e9 + 1_000 }, true],
    ['not 1.1 kHz off', { centerFrequencyHz: 1.42e9 - 1_100 }, false],
    ['to a bandwidth 1 % wider', { bandwidthHz: 2.02e6 }, true],
    ['not to a bandwidth 2 % narrower', { bandwidthHz: 1.96e6 }, false],
    ['to the gain with rounding errors', { gainDb: 29.7 + 1e-9 }, true],
    ['not to the next gain step of the tuner', { gainDb: 29.8 }, false],
  ])('%s', (_, change, same) => {
    expect(sameSettings({ ...settings, ...change }, settings)).toBe(same);
  });
});

test('keeps the newest calibration of each setting', () => {
  const other = { ...settings, gainDb: 40.2 };
  const newestFirst = [other, settings, { ...settings, centerFrequencyHz: 1.42e9 + 500 }, { ...other }];
  expect(newestPerSettings(newestFirst, (one) => one)).toEqual([other, settings]);
});

describe('reads of a known level', () => {
  // 20,000 independent samples: the noise has a spread of 0.031 dB.
  const reads = { stdDb: 0.031, flags: [], readMs: 10, bandwidthHz: 2e6 };

  test('may have the spread of noise in their bandwidth, and a little more', () => {
    expect(maxSpreadDb(reads)).toBeCloseTo(0.292, 3);
    // The power of a single noise sample has a spread of 5.6 dB.
    expect(maxSpreadDb({ readMs: 0.01, bandwidthHz: 1e5 })).toBeGreaterThan(5.6);
  });

  test.each([
    ['noise', {}, undefined],
    ['a carrier', { stdDb: 0.001 }, undefined],
    [
      'a level that steps',
      { stdDb: 0.5 },
      /not steady: the spread of the reads is 0\.50 dB, the limit is 0\.29 dB/,
    ],
    ['an overdriven converter', { flags: ['clipped'] }, /lower the level or gain_db/],
    ['an underloaded converter', { flags: ['underloaded'] }, /raise the level or gain_db/],
    ['lost samples', { flags: ['dropped'] }, /calibrate again/],
    ['all at once', { flags: ['clipped', 'dropped'], stdDb: 9 }, /overdriven/],
  ])('of %s', (_, change, pattern) => {
    const problem = problemWithReads({ ...reads, ...change });
    if (pattern) expect(problem).toMatch(pattern);
    else expect(problem).toBeUndefined();
  });
});
