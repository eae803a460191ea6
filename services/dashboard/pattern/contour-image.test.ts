import { expect, test } from 'vitest';
import { contourImage, gainAt, placeAt, type PatternMap } from './contour-image.ts';

const MAP: PatternMap = {
  reach_deg: 10,
  gain_db: [
    [-8, -6, null],
    [-4, 0, -4],
    [-8, -6, -8],
  ],
  sigma_db: [
    [0.1, 0.1, null],
    [0.1, 0.1, 0.3],
    [0.1, 0.1, 4.34],
  ],
};

test.each([
  [0, 0, 0],
  [-10, 0, -4],
  [0, -10, -6],
  [5, 0, -2],
  [0, 5, -3],
  [-10, 10, -8],
  // Beside what was not measured.
  [5, -5, undefined],
  [11, 0, undefined],
])('at %d degrees right, %d up the gain is %s dB', (rightDeg, upDeg, gain) => {
  const found = gainAt(MAP, { rightDeg, upDeg })?.gainDb;
  expect(found).toEqual(gain === undefined ? undefined : expect.closeTo(gain, 9));
});

test('the picture has the top of the map at its top', () => {
  expect(placeAt(MAP, 0, 0, 20)).toEqual({ rightDeg: -10, upDeg: 10 });
  expect(placeAt(MAP, 10, 20, 20)).toEqual({ rightDeg: 0, upDeg: -10 });
});

test('the picture has colours, a line at half power, and stripes where nothing was measured', () => {
  const palette = Array.from({ length: 256 }, (_, k) => [k, 0, 0] as const);
  const size = 40;
  const pixels = contourImage(MAP, size, {
    palette,
    spanDb: 20,
    line: [1, 2, 3],
    unmeasured: [
      [0, 255, 0],
      [0, 0, 255],
    ],
    stripePx: 2,
  });
  const at = (column: number, row: number) => [...pixels.slice(4 * (row * size + column)).slice(0, 4)];
  expect(at(20, 19)[0]).toBeGreaterThan(240);
  expect(at(0, 20)[0]).toBeLessThan(210);
  // Half power is 7.5 degrees to the left: between -4 and 0 dB.
  const row = Array.from({ length: size / 2 }, (_, column) => at(column, 20));
  const line = row.findIndex(([red, green, blue]) => red === 1 && green === 2 && blue === 3);
  expect(Math.abs(line + 0.5 - (20 - 0.75 * 20))).toBeLessThanOrEqual(1);
  // Not measured below to the right.
  const corner = new Set([at(35, 35), at(36, 35), at(37, 35), at(38, 35)].map((pixel) => pixel.join()));
  expect(corner).toEqual(new Set(['0,255,0,255', '0,0,255,255']));
});
