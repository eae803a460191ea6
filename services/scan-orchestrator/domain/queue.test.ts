import { expect, test } from 'vitest';
import { nextInQueue, waitingNote, type QueuedSession } from './queue.ts';

const waiting = (sessionId: number): QueuedSession => ({ sessionId, status: 'pending', phase: 'queued' });
const paused = (sessionId: number): QueuedSession => ({ sessionId, status: 'paused', phase: 'idle' });
const ended = (sessionId: number): QueuedSession => ({ sessionId, status: 'completed', phase: 'idle' });

test.each<[string, QueuedSession[], number | undefined]>([
  ['no session waits', [], undefined],
  ['the oldest waits', [waiting(7), waiting(5), ended(4)], 5],
  [
    'a session is acquiring the rotor already',
    [{ ...waiting(5), phase: 'acquiring' }, waiting(6)],
    undefined,
  ],
  ['a paused session keeps the rotor', [paused(5), waiting(6)], undefined],
  [
    'an older one is added later',
    [waiting(4), { sessionId: 5, status: 'running', phase: 'slewing' }],
    undefined,
  ],
])('%s', (_, line, next) => {
  expect(nextInQueue(line)).toBe(next);
});

test.each<[string, QueuedSession[], number, string | undefined]>([
  ['the rotor is free', [waiting(5), waiting(6)], 6, undefined],
  [
    'one session has the rotor',
    [paused(4), waiting(5)],
    5,
    'waiting behind session 4: a session keeps the rotor until it has ended',
  ],
  [
    'others are ahead of it',
    [{ ...waiting(3), phase: 'acquiring' }, waiting(5), waiting(6), waiting(7)],
    7,
    'waiting behind session 3 and 2 earlier sessions: a session keeps the rotor until it has ended',
  ],
  ['ended sessions do not count', [ended(3), waiting(5)], 5, undefined],
])('what a queued session waits behind: %s', (_, line, sessionId, note) => {
  expect(waitingNote(line, sessionId)).toBe(note);
});
