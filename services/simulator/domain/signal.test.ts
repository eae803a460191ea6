import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { offsetsInBand, onShare, type Signal } from './signal.ts';

const signal: Signal = { centerHz: 1e8, bandwidthHz: 0, share: 1, bursts: undefined, repeatsHz: undefined };
const tuned = { frequencyHz: 1e8, sampleRateHz: 2_000_000 };

describe('a signal in the band of the tuner', () => {
  test.each([
    ['once', signal, 1e8 + 300_000, [-300_000]],
    ['at the lower edge', signal, 1e8 + 1_000_000, [-1_000_000]],
    ['at the upper edge', signal, 1e8 - 1_000_000, []],
    ['far away', signal, 2e8, []],
    ['repeated', { ...signal, repeatsHz: 800_000 }, 1e8, [-800_000, 0, 800_000]],
    ['repeated, far away', { ...signal, repeatsHz: 2_000_000 }, 1e8 + 3_500_000, [500_000]],
  ])('%s', (_, one, frequencyHz, offsets) => {
    expect(offsetsInBand(one, { ...tuned, frequencyHz })).toEqual(offsets);
  });
});

describe('bursts', () => {
  const bursts = { dutyCycle: 0.25, periodMs: 100, startsMs: 1_700_000_000_007 };
  const burst: Signal = { ...signal, bursts };

  test.each([
    [0, 1],
    [24, 1],
    [25, 0],
    [99, 0],
    [100, 1],
    [-1, 0],
    [-100, 1],
  ])('%d ms after the start of a period it is on: %d', (afterMs, share) => {
    const atMs = bursts.startsMs + afterMs;
    expect(onShare(burst, atMs, atMs)).toBe(share);
  });

  test('are on for the share of a span', () => {
    const { startsMs } = bursts;
    expect(onShare(burst, startsMs, startsMs + 50)).toBeCloseTo(0.5, 9);
    expect(onShare(burst, startsMs + 10, startsMs + 110)).toBeCloseTo(0.25, 9);
    expect(onShare(burst, startsMs + 30, startsMs + 90)).toBe(0);
    expect(onShare(signal, 0, 1)).toBe(1);
  });

  test('are on for their duty cycle in the long run', () => {
    const fraction = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(fraction, fc.integer({ min: 1, max: 10_000 }), fraction, (dutyCycle, periodMs, phase) => {
        const one: Signal = { ...signal, bursts: { dutyCycle, periodMs, startsMs: 0 } };
        const fromMs = phase * periodMs;
        expect(onShare(one, fromMs, fromMs + 1_000 * periodMs)).toBeCloseTo(dutyCycle, 6);
      }),
    );
  });
});
