import { expect, test } from 'vitest';
import { degToRad } from '#shared/sky/units';
import { groupsOf, MAX_MEMBERS } from './groups.ts';
import { vectorOf } from './sphere.ts';

const at = (azimuthDeg: number, elevationDeg: number, amplitude = 1) => ({
  direction: vectorOf(azimuthDeg, elevationDeg),
  amplitude,
});
const LINKING = degToRad(9);

test.each([
  ['in a chain', Array.from({ length: 60 }, (_, k) => at(4 * k, 0))],
  ['in a cluster', Array.from({ length: 100 }, (_, k) => at(3 * (k % 10), 3 * Math.floor(k / 10)))],
  ['all at one place', Array.from({ length: 35 }, () => at(20, 30))],
])('many sources %s are in groups that can be fitted, each once', (_, sources) => {
  const groups = groupsOf(sources, LINKING);
  expect(Math.max(...groups.map(({ length }) => length))).toBeLessThanOrEqual(MAX_MEMBERS);
  const members = groups.flat();
  expect(members).toHaveLength(sources.length);
  expect(new Set(members)).toEqual(new Set(sources));
});

test('near sources of similar strength are fitted together', () => {
  const [a, b, far, weak] = [at(0, 0), at(8, 0, 0.5), at(30, 0), at(1, 1, 0.01)];
  expect(groupsOf([a, b, far, weak], LINKING)).toEqual([[a, b], [far], [weak]]);
});
