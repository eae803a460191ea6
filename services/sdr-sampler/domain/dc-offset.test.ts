import { describe, expect, test } from 'vitest';
import { dcOfTwoTunings, readsWithDc } from './dc-offset.ts';
import type { ReadLevels } from './reads.ts';

const SAMPLES = 20_480;
/** A tuner's DC offset of 0.7 LSB. */
const DC = { i: 0.6 / 127.5, q: -0.4 / 127.5 };

/** A read with this power away from 0 Hz, and a constant added to the DC offset. */
function read(fullScalePower: number, constant = { i: 0, q: 0 }): ReadLevels {
  return {
    fullScalePower,
    clippedFraction: 0,
    rmsLsb: 10,
    mean: { i: DC.i + constant.i, q: DC.q + constant.q },
    firstIndex: 0,
    droppedSamples: 0,
    dcInDoubt: false,
  };
}

describe('reads whose channel contains 0 Hz', () => {
  test.each([
    ['noise far above an unknown DC offset', 1e-2, 0, undefined, false, 1e-2],
    ['noise near an unknown DC offset', 1e-4, 0, undefined, true, 1e-4],
    ['noise near a known DC offset', 1e-4, 0, DC, false, 1e-4],
    ['a carrier hidden by the DC offset', 1e-4, 0.1, DC, true, 1e-4 + 0.01],
    ['a weak carrier under loud noise', 1e-2, 0.01, DC, false, 1e-2 + 1e-4],
  ])('%s', (_, power, constant, dc, dcInDoubt, expected) => {
    const [one] = readsWithDc([read(power, { i: constant, q: 0 })], dc, SAMPLES);
    expect(one?.dcInDoubt).toBe(dcInDoubt);
    expect(one?.fullScalePower).toBeCloseTo(expected, 8);
  });

  test('are not in doubt because the mean of a few noise samples is not 0', () => {
    const power = 1e-2;
    const mean = { i: Math.sqrt((5 * power) / 100), q: 0 };
    expect(readsWithDc([read(power, mean)], DC, 100)[0]?.dcInDoubt).toBe(false);
    expect(readsWithDc([read(power, mean)], DC, SAMPLES)[0]?.dcInDoubt).toBe(true);
  });
});

describe('two tunings', () => {
  test('that agree on the constant yield the DC offset, and either can be used', () => {
    const { dc, better, certain } = dcOfTwoTunings([read(1e-4)], [read(1.001e-4)], SAMPLES);
    expect([better, certain]).toEqual(['either', true]);
    expect(dc.i).toBeCloseTo(DC.i, 9);
    expect(dc.q).toBeCloseTo(DC.q, 9);
  });

  const hidden = read(1e-4, { i: 0.1, q: 0 });
  const shown = read(1e-4 + 0.01);

  test('show which of them hides a carrier', () => {
    expect(dcOfTwoTunings([hidden], [shown], SAMPLES)).toEqual({ dc: DC, better: 'second', certain: true });
    expect(dcOfTwoTunings([shown], [hidden], SAMPLES)).toEqual({ dc: DC, better: 'first', certain: true });
  });

  test('are in doubt when both hide a carrier of the same strength and phase', () => {
    const both = read(1e-4 + 0.01, { i: 0.1, q: 0 });
    expect(dcOfTwoTunings([both], [both], SAMPLES).certain).toBe(false);
  });

  test('are in doubt when one hides a carrier that the other does not show', () => {
    expect(dcOfTwoTunings([hidden], [read(1e-4)], SAMPLES).certain).toBe(false);
    // Two carriers, one hidden at each tuning: both levels are too low by one of them and agree.
    expect(dcOfTwoTunings([hidden], [read(1e-4 + 0.01 * 0.9)], SAMPLES).certain).toBe(false);
  });
});
