import { expect, it } from 'vitest';
import { describeQueue } from './queue.ts';

const session = (id: number, status: 'pending' | 'running' | 'paused' | 'completed', rotor_id = 1) => ({
  id,
  rotor_id,
  status,
  progress_pct: 37.5,
});

it.each([
  ['no session', [], undefined],
  [
    'ended sessions and sessions of other rotors',
    [session(1, 'completed'), session(2, 'running', 2)],
    undefined,
  ],
  [
    'a running session',
    [session(4, 'running')],
    'Session 4 is using this rotor (37.5 % done). A new scan starts when it has ended.',
  ],
  [
    'a paused and a pending session',
    [session(5, 'pending'), session(4, 'paused')],
    'Session 4 is paused at 37.5 % and holds this rotor. 1 session is waiting for this rotor. ' +
      'A new scan starts when these have ended.',
  ],
  [
    'two pending sessions',
    [session(5, 'pending'), session(4, 'pending')],
    '2 sessions are waiting for this rotor. A new scan starts when these have ended.',
  ],
])('describes %s', (_name, sessions, text) => {
  expect(describeQueue(sessions, 1)).toBe(text);
});
