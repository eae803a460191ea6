import { expect, test } from 'vitest';
import { counted, countedOf } from './plurals.ts';

test('one is singular, any other number plural', () => {
  expect([0, 1, 2].map((n) => counted(n, 'point'))).toEqual(['0 points', '1 point', '2 points']);
  expect([countedOf(1, 1, 'cell'), countedOf(1, 160, 'cell')]).toEqual(['1 of 1 cell', '1 of 160 cells']);
  expect(countedOf(1, 2, 'row', (n) => `<${n}>`)).toBe('<1> of <2> rows');
});
