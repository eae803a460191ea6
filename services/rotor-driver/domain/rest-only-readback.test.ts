import { describe, expect, test } from 'vitest';
import { observe, startTrack } from './arrival.ts';
import { judgeReport, observeReport, startReport, stillMarginDeg } from './rest-only-readback.ts';

const axis = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const motion = { azimuth: axis, elevation: axis };
const at = (azimuthDeg: number, elevationDeg = 10) => ({ azimuthDeg, elevationDeg });
const MARGIN_DEG = 0.3;

/** What readings, azimuth (and elevation) at a time in milliseconds, prove of a move from 0. */
function verdict(readings: [number, number, number?][], marginDeg = MARGIN_DEG) {
  const start = startReport(at(0), 0);
  const report = readings.reduce(
    (before, [atMs, azimuthDeg, elevationDeg]) =>
      observeReport(before, { pointing: at(azimuthDeg, elevationDeg), atMs }, marginDeg),
    start,
  );
  const [, azimuthDeg, elevationDeg] = readings.at(-1) ?? [0, 0];
  return judgeReport(report, at(azimuthDeg, elevationDeg), motion, marginDeg);
}

describe('what a move proves of how its controller reports', () => {
  test('one jump from the start to the end, after it stood still: only at rest', () => {
    const readings: [number, number][] = [[200, 0], [400, 0], [1_600, 0], [1_650, 10], [1_700, 10]]; // prettier-ignore
    expect(verdict(readings)).toEqual({ from: at(0), to: at(10), stillSeconds: 1.6 });
  });

  test('each axis when it rests: only at rest', () => {
    const readings: [number, number, number][] = [[900, 0, 10], [950, 5.5, 10], [2_900, 5.5, 10], [2_950, 5.5, 28]]; // prettier-ignore
    expect(verdict(readings)).toMatchObject({ to: at(5.5, 28) });
  });

  test.each<[string, [number, number][], number?]>([
    ['step by step', [[200, 0], [400, 1], [600, 2.2], [800, 3.4]]],
    ['in whole degrees', [[200, 0], [400, 1], [600, 2], [800, 4], [1_400, 8]], 1],
    ['from late on', [[1_500, 0], [1_700, 1], [1_900, 2.4], [2_500, 6]]],
  ])('%s: in motion', (_, readings, marginDeg) => {
    expect(verdict(readings, marginDeg)).toBe('shows');
  }); // prettier-ignore

  test.each<[string, [number, number][], number?]>([
    ['no readings in the first half', [[1_900, 10], [2_000, 10]]],
    ['a hop that a motor makes between two readings', [[300, 0], [550, 0], [700, 1]]],
    ['a quick rotor that starts late', [[200, 0], [400, 9], [600, 9]]],
    ['no motion at all', [[200, 0], [2_200, 0.2]]],
    ['whole degrees, one of them', [[200, 0], [900, 0], [950, 1]], 1],
  ])('%s: nothing', (_, readings, marginDeg) => {
    expect(verdict(readings, marginDeg)).toBeUndefined();
  }); // prettier-ignore

  test('noise and the step of the readback are no motion', () => {
    expect(stillMarginDeg(0.01, 0)).toBe(0.3);
    expect(stillMarginDeg(1, 0)).toBe(1);
    expect(stillMarginDeg(0.1, 0.5)).toBe(2);
  });
});

describe('a move of a controller that reports only at rest', () => {
  const order = { from: at(0), target: at(60), toleranceDeg: 1, motion, startedMs: 0 };
  /** When a rotor that reads so is given up, seconds. */
  const stalledAfter = (isRestOnly: boolean, azimuthAt: (ms: number) => number) => {
    let track = startTrack({ ...order, isRestOnly });
    for (let atMs = 100; atMs < 60_000; atMs += 100) {
      const seen = observe(track, { pointing: at(azimuthAt(atMs)), atMs }, 0.01);
      track = seen.track;
      if (seen.verdict !== 'moving') return { verdict: seen.verdict, seconds: atMs / 1000 };
    }
    return undefined;
  };

  // 10 s and the time to speed up.
  test('is stalled once one and a half times the time that it should take, and 2 s, are over', () => {
    expect(stalledAfter(true, () => 0)).toEqual({ verdict: 'stalled', seconds: 17.5 });
    expect(stalledAfter(false, () => 0)).toEqual({ verdict: 'stalled', seconds: 2.1 });
  });

  test('has arrived when it says so, and rests short of its target for no longer than any other', () => {
    expect(stalledAfter(true, (ms) => (ms < 10_400 ? 0 : 60))).toMatchObject({ verdict: 'arrived' });
    expect(stalledAfter(true, (ms) => (ms < 17_000 ? 0 : 50))).toEqual({ verdict: 'stalled', seconds: 19.1 });
  });
});
