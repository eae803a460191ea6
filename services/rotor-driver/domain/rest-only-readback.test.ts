import { describe, expect, test } from 'vitest';
import { observe, startTrack } from './arrival.ts';
import { evaluateReport, observeReport, startReport, stillMarginDeg } from './rest-only-readback.ts';

const axis = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const motion = { azimuth: axis, elevation: axis };
const at = (azimuthDeg: number, elevationDeg = 10) => ({ azimuthDeg, elevationDeg });
const MARGIN_DEG = 0.3;

/** The verdict on readings of a move from 0: time in milliseconds, azimuth, elevation. */
function verdict(readings: [number, number, number?][], marginDeg = MARGIN_DEG) {
  const start = startReport(at(0), 0);
  const report = readings.reduce(
    (before, [atMs, azimuthDeg, elevationDeg]) =>
      observeReport(before, { pointing: at(azimuthDeg, elevationDeg), atMs }, marginDeg),
    start,
  );
  const [, azimuthDeg, elevationDeg] = readings.at(-1) ?? [0, 0];
  return evaluateReport(report, at(azimuthDeg, elevationDeg), motion, marginDeg);
}

describe('the evidence of a move', () => {
  test('one jump from start to end after a standstill: only at rest', () => {
    const readings: [number, number][] = [[200, 0], [400, 0], [1_600, 0], [1_650, 10], [1_700, 10]]; // prettier-ignore
    expect(verdict(readings)).toEqual({ from: at(0), to: at(10), stillSeconds: 1.6 });
  });

  test('one jump of each axis: only at rest', () => {
    const readings: [number, number, number][] = [[900, 0, 10], [950, 5.5, 10], [2_900, 5.5, 10], [2_950, 5.5, 28]]; // prettier-ignore
    expect(verdict(readings)).toMatchObject({ to: at(5.5, 28) });
  });

  test.each<[string, [number, number][], number?]>([
    ['gradual', [[200, 0], [400, 1], [600, 2.2], [800, 3.4]]],
    ['in whole degrees', [[200, 0], [400, 1], [600, 2], [800, 4], [1_400, 8]], 1],
    ['a late start', [[1_500, 0], [1_700, 1], [1_900, 2.4], [2_500, 6]]],
  ])('%s: in motion', (_, readings, marginDeg) => {
    expect(verdict(readings, marginDeg)).toBe('in-motion');
  }); // prettier-ignore

  test.each<[string, [number, number][], number?]>([
    ['no readings in the first half', [[1_900, 10], [2_000, 10]]],
    ['a hop between two readings', [[300, 0], [550, 0], [700, 1]]],
    ['a fast rotor that starts late', [[200, 0], [400, 9], [600, 9]]],
    ['no motion at all', [[200, 0], [2_200, 0.2]]],
    ['whole degrees, one of them', [[200, 0], [900, 0], [950, 1]], 1],
  ])('%s: no verdict', (_, readings, marginDeg) => {
    expect(verdict(readings, marginDeg)).toBeUndefined();
  }); // prettier-ignore

  test('the margin covers noise and the step of the readback', () => {
    expect(stillMarginDeg(0.01, 0)).toBe(0.3);
    expect(stillMarginDeg(1, 0)).toBe(1);
    expect(stillMarginDeg(0.1, 0.5)).toBe(2);
  });
});

describe('a move of a controller that reports only at rest', () => {
  const order = { from: at(0), target: at(60), toleranceDeg: 1, motion, startedMs: 0 };
  /** The final verdict and its time in seconds. */
  const finalVerdict = (isRestOnly: boolean, azimuthAt: (ms: number) => number) => {
    let track = startTrack({ ...order, isRestOnly });
    for (let atMs = 100; atMs < 60_000; atMs += 100) {
      const seen = observe(track, { pointing: at(azimuthAt(atMs)), atMs }, 0.01);
      track = seen.track;
      if (seen.verdict !== 'moving') return { verdict: seen.verdict, seconds: atMs / 1000 };
    }
    return undefined;
  };

  // 10 s and the time to speed up.
  test('is stalled after 1.5 times the expected time plus 2 s', () => {
    expect(finalVerdict(true, () => 0)).toEqual({ verdict: 'stalled', seconds: 17.5 });
    expect(finalVerdict(false, () => 0)).toEqual({ verdict: 'stalled', seconds: 2.1 });
  });

  test('arrives with the readback, and stalls short of its target as any other', () => {
    expect(finalVerdict(true, (ms) => (ms < 10_400 ? 0 : 60))).toMatchObject({ verdict: 'arrived' });
    expect(finalVerdict(true, (ms) => (ms < 17_000 ? 0 : 50))).toEqual({ verdict: 'stalled', seconds: 19.1 });
  });
});
