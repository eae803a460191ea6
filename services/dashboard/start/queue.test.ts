import { expect, it } from 'vitest';
import { queueWords } from './queue.ts';

const session = (id: number, status: 'pending' | 'running' | 'paused' | 'completed', rotor_id = 1) => ({
  id,
  rotor_id,
  status,
  progress_pct: 37.5,
});

it.each([
  ['nothing', [], undefined],
  [
    'what is over, and what is of another rotor',
    [session(1, 'completed'), session(2, 'running', 2)],
    undefined,
  ],
  [
    'one that runs',
    [session(4, 'running')],
    'Session 4 is running on this rotor, 37.5 % done. A scan that you start now begins when that one has ended.',
  ],
  [
    'one that is paused, and one that waits',
    [session(5, 'pending'), session(4, 'paused')],
    'Session 4 is paused at 37.5 % and keeps this rotor. 1 session waits for this rotor. ' +
      'A scan that you start now begins when those have ended.',
  ],
  [
    'two that wait',
    [session(5, 'pending'), session(4, 'pending')],
    '2 sessions wait for this rotor. A scan that you start now begins when those have ended.',
  ],
])('%s ahead', (_name, sessions, words) => {
  expect(queueWords(sessions, 1)).toBe(words);
});
