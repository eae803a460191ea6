import { describe, expect, it, test } from 'vitest';
import { cellsAround } from '../cells-around.ts';
import { selectFrames } from './frames.ts';
import { levelIntervals } from './level-intervals.ts';

describe('the levels of many sessions', () => {
  const levels = Array.from({ length: 1_000 }, (_, n) => ({
    sessionId: n + 1,
    atMs: n * 1_000,
    level: n === 421 ? -50 : -90 - (n % 10) / 10,
  }));

  it('keep the maximum and the minimum of each interval', () => {
    const intervals = levelIntervals(levels, 10);
    expect(intervals).toHaveLength(10);
    expect(intervals.every(({ sessions }) => sessions === 100)).toBe(true);
    expect(intervals.map(({ max }) => max)).toEqual(
      Array.from({ length: 10 }, (_, n) => (n === 4 ? -50 : -90)),
    );
    expect(intervals[4]).toMatchObject({ sessionId: 422, min: -90.9, fromMs: 400_000, toMs: 499_000 });
    expect(intervals[0]?.median).toBeCloseTo(-90.45, 9);
  });

  it('stay single if there are few', () => {
    expect(levelIntervals(levels.slice(0, 3), 3)).toMatchObject([
      { sessions: 1, median: -90 },
      { sessions: 1, median: -90.1 },
      { sessions: 1, median: -90.2 },
    ]);
    expect(levelIntervals([], 3)).toEqual([]);
  });

  it('leave out intervals without sessions; sessions at one time are one interval', () => {
    const gap = [...levels.slice(0, 20), ...levels.slice(980)];
    expect(levelIntervals(gap, 10).map(({ sessions }) => sessions)).toEqual([20, 20]);
    const together = levels.slice(0, 5).map((level) => ({ ...level, atMs: 7 }));
    expect(levelIntervals(together, 2)).toMatchObject([{ sessions: 5, min: -90.4, max: -90 }]);
  });
});

test.each<[number, number, number, number[]]>([
  [5, 1, 10, [0, 1, 2, 3, 4]],
  [5, 2, 10, [0, 2, 4]],
  [6, 2, 10, [1, 3, 5]],
  [9, 1, 3, [0, 4, 8]],
  [9, 1, 1, [8]],
  [0, 1, 5, []],
])('frames of %i sessions, every %i, at most %i', (count, every, maxFrames, expected) => {
  const items = Array.from({ length: count }, (_, n) => n);
  expect(selectFrames(items, every, maxFrames)).toEqual(expected);
});

describe('the cells around a direction', () => {
  // 36 columns of 10 deg, rows at 10, 20 and 30 deg.
  const bounds = {
    kind: 'rectangular',
    azStartDeg: 0,
    azEndDeg: 360,
    elStartDeg: 10,
    elEndDeg: 30,
    stepDeg: 10,
  } as const;

  it('the nearest one, across north', () => {
    expect(cellsAround(bounds, { azimuthDeg: 358, elevationDeg: 11 }, undefined)).toEqual([0]);
    expect(cellsAround(bounds, { azimuthDeg: -12, elevationDeg: 22 }, undefined)).toEqual([36 + 35]);
  });

  it('none far from the grid', () => {
    expect(cellsAround(bounds, { azimuthDeg: 0, elevationDeg: 60 }, undefined)).toEqual([]);
    expect(cellsAround(bounds, { azimuthDeg: 0, elevationDeg: 10 }, 0)).toEqual([0]);
  });

  it('all within a radius, the nearest first', () => {
    expect(cellsAround(bounds, { azimuthDeg: 100, elevationDeg: 20 }, 10)).toEqual([
      46,
      // 10 deg of azimuth at 20 deg are 9.4 deg on the sky.
      45, 47, 10, 82,
    ]);
  });
});
