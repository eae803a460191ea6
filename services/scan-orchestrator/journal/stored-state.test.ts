import { expect, test } from 'vitest';
import { stateOf, type StoredState } from './stored-state.ts';

const flat = {
  remaining: 3,
  failing: null,
  userNotes: 'first light',
  startedAtMs: 1,
  finishedAtMs: null,
  phase: 'slewing',
};
const common = { remaining: 3, userNotes: 'first light', startedAtMs: 1, noteParts: [] };

test.each<[string, object, object]>([
  ['slewing', { status: 'running', request: null }, { status: 'running', activity: { phase: 'acquiring' } }],
  [
    'pausing',
    { status: 'running', request: 'pause', suspended: false },
    { activity: { phase: 'stopping', cause: 'pause' } },
  ],
  [
    'being suspended',
    { status: 'running', request: 'pause', suspended: true },
    { activity: { phase: 'stopping', cause: 'suspend' } },
  ],
  [
    'being cancelled',
    { status: 'paused', request: 'cancel' },
    { status: 'paused', activity: { phase: 'stopping', cause: 'cancel' } },
  ],
  [
    'suspended, with a single note',
    { status: 'paused', request: null, suspended: true, note: 'wind' },
    { status: 'paused', resumesItself: true, activity: { phase: 'idle' }, noteParts: [{ text: 'wind' }] },
  ],
  [
    'resuming',
    { status: 'paused', request: 'resume', suspended: false },
    { status: 'paused', resumesItself: false, activity: { phase: 'acquiring' } },
  ],
  ['queued', { status: 'pending', request: null }, { activity: { phase: 'queued' } }],
  [
    'completed',
    { status: 'completed', request: null, finishedAtMs: 9 },
    { status: 'completed', finishedAtMs: 9, activity: { phase: 'idle' } },
  ],
])('a session that version 0.1 stored as %s', (_, stored, expected) => {
  expect(stateOf({ ...flat, ...stored } as unknown as StoredState)).toMatchObject({ ...common, ...expected });
});

test('a state of this version is unchanged', () => {
  const state: StoredState = {
    ...common,
    status: 'running',
    activity: { phase: 'parking' },
  };
  expect(stateOf(state)).toBe(state);
});
