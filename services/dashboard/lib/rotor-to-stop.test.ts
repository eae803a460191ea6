import { expect, test } from 'vitest';
import { rotorToStop } from './rotor-to-stop.ts';

const rotors = [{ id: 1 }, { id: 2 }, { id: 3 }];
const sessions = [
  { id: 12, rotor_id: 2, status: 'paused' as const },
  { id: 11, rotor_id: 3, status: 'running' as const },
  { id: 10, rotor_id: 1, status: 'completed' as const },
];

test('the selected rotor, else the scanning one, else that of a paused scan, else the first', () => {
  expect(rotorToStop(rotors, sessions, 1, '')).toBe(1);
  expect(rotorToStop(rotors, sessions, undefined, '')).toBe(3);
  expect(rotorToStop(rotors, sessions.slice(0, 1), undefined, '')).toBe(2);
  expect(rotorToStop(rotors, [], undefined, '')).toBe(1);
});

test.each([
  ['rotors/1', 1],
  ['rotors/1/edit', 1],
  ['rotors/new', 3],
  ['sessions/12', 2],
  // An ended session moves no rotor.
  ['sessions/10', 3],
  ['sessions/99', 3],
])('the page %s selects rotor %i', (path, expected) => {
  expect(rotorToStop(rotors, sessions, undefined, path)).toBe(expected);
});

test('a deleted rotor is never selected', () => {
  const gone = [{ id: 1, rotor_id: 9, status: 'running' as const }];
  expect(rotorToStop(rotors, gone, 8, 'rotors/9')).toBe(1);
  expect(rotorToStop([], [], 1, '')).toBeUndefined();
});
