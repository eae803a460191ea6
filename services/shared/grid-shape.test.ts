import { describe, expect, test } from 'vitest';
import { azimuthSpanDeg, gridShape } from './grid-shape.ts';

const published = { azStartDeg: 0, azEndDeg: 360, elStartDeg: 18, elEndDeg: 65, stepDeg: 2 };

describe('grid shape', () => {
  test.each([
    ['the published defaults', {}, 24, 180],
    ['a tenth of a degree counts exactly', { elStartDeg: 0, elEndDeg: 90, stepDeg: 0.1 }, 901, 3600],
    ['a sector through north', { azStartDeg: 350, azEndDeg: 10 }, 24, 11],
    ['one column', { azStartDeg: 90, azEndDeg: 90 }, 24, 1],
    ['one row', { elStartDeg: 30, elEndDeg: 30 }, 1, 180],
    ['one point', { azStartDeg: 1, azEndDeg: 1, elStartDeg: 2, elEndDeg: 2, stepDeg: 360 }, 1, 1],
    [
      'an end that the steps do not hit',
      { azStartDeg: 0, azEndDeg: 9, elStartDeg: 0, elEndDeg: 5, stepDeg: 2 },
      3,
      5,
    ],
    ['a circle that the steps do not divide', { stepDeg: 7 }, 7, 52],
    ['a full circle from -180', { azStartDeg: -180, azEndDeg: 180 }, 24, 180],
  ])('%s', (_, change, rows, columns) => {
    expect(gridShape({ ...published, ...change })).toEqual({ rows, columns, totalPoints: rows * columns });
  });

  test.each([
    [350, 10, 20],
    [10, 350, 340],
    [540, -180, 0],
    [-180, 180, 360],
    [-10, 10, 20],
    [400, -170, 150],
  ])('from %d to %d is %d degrees wide', (azStartDeg, azEndDeg, span) => {
    expect(azimuthSpanDeg({ azStartDeg, azEndDeg })).toBe(span);
  });
});
