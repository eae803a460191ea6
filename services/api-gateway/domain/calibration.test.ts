import { describe, expect, test } from 'vitest';
import { maxSpreadDb, newestPerSettings, problemWithReads, sameSettings } from './calibration.ts';

const settings = { centerFrequencyHz: 1.42e9, bandwidthHz: 2e6, gainDb: 29.7 };

describe('a calibration holds', () => {
  test.each([
    ['for the same settings', {}, true],
    ['1 kHz beside', { centerFrequencyHz: 1.42e9 + 1_000 }, true],
    ['not 1.1 kHz beside', { centerFrequencyHz: 1.42e9 - 1_100 }, false],
    ['for a bandwidth 1 % wider', { bandwidthHz: 2.02e6 }, true],
    ['not for one 2 % narrower', { bandwidthHz: 1.96e6 }, false],
    ['for the gain as it is stored', { gainDb: 29.7 + 1e-9 }, true],
    ['not for the next step of the tuner', { gainDb: 29.8 }, false],
  ])('%s', (_, change, same) => {
    expect(sameSettings({ ...settings, ...change }, settings)).toBe(same);
  });
});

test('of several calibrations the newest one of each setting counts', () => {
  const other = { ...settings, gainDb: 40.2 };
  const newestFirst = [other, settings, { ...settings, centerFrequencyHz: 1.42e9 + 500 }, { ...other }];
  expect(newestPerSettings(newestFirst, (one) => one)).toEqual([other, settings]);
});

describe('reads of a known level', () => {
  // 20,000 independent samples: noise scatters by 0.031 dB.
  const reads = { stdDb: 0.031, flags: [], readMs: 10, bandwidthHz: 2e6 };

  test('may scatter as noise of their bandwidth does, and a little more', () => {
    expect(maxSpreadDb(reads)).toBeCloseTo(0.292, 3);
    // A single sample of noise: its power in decibels scatters by 5.6 dB.
    expect(maxSpreadDb({ readMs: 0.01, bandwidthHz: 1e5 })).toBeGreaterThan(5.6);
  });

  test.each([
    ['noise', {}, undefined],
    ['a carrier', { stdDb: 0.001 }, undefined],
    ['a level that steps', { stdDb: 0.5 }, /not steady: the reads scatter by 0\.50 dB, at most 0\.29 dB/],
    ['an overdriven converter', { flags: ['clipped'] }, /lower the level or gain_db/],
    ['a converter that hardly moves', { flags: ['underloaded'] }, /raise the level or gain_db/],
    ['lost samples', { flags: ['dropped'] }, /calibrate again/],
    ['all at once', { flags: ['clipped', 'dropped'], stdDb: 9 }, /overdriven/],
  ])('of %s', (_, change, words) => {
    const problem = problemWithReads({ ...reads, ...change });
    if (words) expect(problem).toMatch(words);
    else expect(problem).toBeUndefined();
  });
});
