import { expect, test } from 'vitest';
import { placeLabels } from './place-labels.ts';

const BOUNDS = { x: 0, y: 0, width: 200, height: 100 };
const mark = (x: number, y: number) => ({ x, y, radius: 5, width: 20, height: 10 });

test('a label is to the right of its mark', () => {
  expect(placeLabels([mark(50, 50)], BOUNDS)).toEqual([{ x: 57, y: 45, width: 20, height: 10 }]);
});

test('at the right edge it is on the left', () => {
  expect(placeLabels([mark(190, 50)], BOUNDS)[0]?.x).toBe(163);
});

test('labels cover neither marks nor labels', () => {
  const [first, second] = placeLabels([mark(50, 50), mark(66, 50)], BOUNDS);
  expect(first?.x).toBe(23);
  expect(second?.x).toBe(73);
});

test('marks at one place: the first labels are shown', () => {
  const labels = placeLabels(
    Array.from({ length: 30 }, () => mark(100, 50)),
    BOUNDS,
  );
  expect(labels.filter((label) => label === undefined).length).toBeGreaterThan(20);
});

test('a label without space is not shown', () => {
  expect(placeLabels([mark(5, 5)], { x: 0, y: 0, width: 10, height: 10 })).toEqual([undefined]);
});
