import { expect, test } from 'vitest';
import { reasonOf, sessionEvent, SUSPENDED_MS, type SessionState } from './session-notice.ts';

const STATE: SessionState = { status: 'paused', forMs: 0, resumesItself: false, reason: 'rotctld is gone' };

test.each<[string, Partial<SessionState>, string | undefined]>([
  ['completed', { status: 'completed' }, 'session_ended'],
  ['cancelled', { status: 'cancelled', reason: undefined }, 'session_ended'],
  ['paused with a fault', {}, 'session_paused'],
  ['paused by a person', { reason: undefined }, undefined],
  ['suspended', { resumesItself: true }, undefined],
  ['suspended for a long time', { resumesItself: true, forMs: SUSPENDED_MS }, 'session_suspended'],
  ['running', { status: 'running' }, undefined],
  ['pending', { status: 'pending', forMs: SUSPENDED_MS }, undefined],
])('%s', (_what, change, event) => {
  expect(sessionEvent({ ...STATE, ...change })).toBe(event);
});

test.each([
  [null, null, undefined],
  ['mine', 'mine', undefined],
  ['mine\nthe rotor is gone', 'mine', 'the rotor is gone'],
  ['the rotor is gone', null, 'the rotor is gone'],
])('notes %s of a session with the notes %s say %s', (notes, userNotes, reason) => {
  expect(reasonOf(notes, userNotes)).toBe(reason);
});
