import { expect, test } from 'vitest';
import { rotorToStop } from './rotor-to-stop.ts';

const rotors = [{ id: 1 }, { id: 2 }, { id: 3 }];

test('the chosen rotor, else the one that scans, else the one that is held, else the first', () => {
  const sessions = [
    { rotor_id: 2, status: 'paused' as const },
    { rotor_id: 3, status: 'running' as const },
  ];
  expect(rotorToStop(rotors, sessions, 1)).toBe(1);
  expect(rotorToStop(rotors, sessions, undefined)).toBe(3);
  expect(rotorToStop(rotors, sessions.slice(0, 1), undefined)).toBe(2);
  expect(rotorToStop(rotors, [], undefined)).toBe(1);
});

test('a rotor that is no more is not stopped', () => {
  expect(rotorToStop(rotors, [{ rotor_id: 9, status: 'running' }], 8)).toBe(1);
  expect(rotorToStop([], [], 1)).toBeUndefined();
});
