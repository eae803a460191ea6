import { expect, test } from 'vitest';
import { counted, countedOf, grouped } from './plurals.ts';

test('one is singular, any other number plural', () => {
  expect([0, 1, 2].map((n) => counted(n, 'point'))).toEqual(['0 points', '1 point', '2 points']);
  expect([countedOf(1, 1, 'cell'), countedOf(1, 160, 'cell')]).toEqual(['1 of 1 cell', '1 of 160 cells']);
  expect(countedOf(1, 2, 'row', (n) => `<${n}>`)).toBe('<1> of <2> rows');
});

test('numbers have commas between groups of three digits', () => {
  expect([0, 999, 1_000, 45_678, 1_000_000].map(grouped)).toEqual([
    '0',
    '999',
    '1,000',
    '45,678',
    '1,000,000',
  ]);
});
