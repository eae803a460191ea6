import { describe, expect, test } from 'vitest';
import { summariseReads } from './measurement.ts';

const read = (levelDb: number, change = {}) => ({
  levelDb,
  converter: { clippedFraction: 0, rmsLsb: 10, droppedSamples: 0, ...change },
});

describe('the reads of a cell', () => {
  test('are averaged in linear power', () => {
    // 1 mW and 0.01 mW: the mean is 0.505 mW, -2.97 dBm, not -10.
    expect(summariseReads([read(0), read(-20)], true)).toMatchObject({
      minDbm: -20,
      maxDbm: 0,
      lastDbm: -20,
      reads: 2,
    });
    expect(summariseReads([read(0), read(-20)], true).meanDbm).toBeCloseTo(-2.967, 3);
  });

  test('have the sample deviation in dB', () => {
    expect(summariseReads([read(-90), read(-92), read(-94)], true).stdDb).toBeCloseTo(2, 9);
    expect(summariseReads([read(-90)], true).stdDb).toBe(0);
  });

  test.each([
    [[-90], -90],
    [[-60, -92, -90], -90],
    // 1 mW and 0.01 mW in the middle: their mean is 0.505 mW.
    [[10, 0, -20, -30], -2.967],
  ])('of %j have the median %d in the power domain', (levels, median) => {
    expect(
      summariseReads(
        levels.map((levelDb) => read(levelDb)),
        true,
      ).medianDbm,
    ).toBeCloseTo(median, 3);
  });

  test('a summary has its mean and its last read, no spread, and the flag summary', () => {
    const summary = [-88.5, -88.5, -93].map((levelDb) => ({ levelDb, summarised: true }));
    expect(summariseReads(summary, true)).toEqual({
      ...{ meanDbm: -90, stdDb: 0, minDbm: -93, maxDbm: -90, lastDbm: -93, reads: 3 },
      flags: ['summary'],
    });
  });

  test.each([
    [read(-90), true, []],
    [read(-90, { clippedFraction: 0.0011 }), true, ['clipped']],
    [read(-90, { rmsLsb: 1.9 }), true, ['underloaded']],
    [read(-90, { droppedSamples: 1 }), true, ['dropped']],
    [read(-90), false, ['uncalibrated']],
    [{ levelDb: -90 }, true, []],
  ])('%o, calibrated %s, carry the flags %o', (one, calibrated, flags) => {
    expect(summariseReads([read(-91), one], calibrated).flags).toEqual(flags);
  });
});
