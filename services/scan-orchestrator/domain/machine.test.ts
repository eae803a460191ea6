import { describe, expect, test } from 'vitest';
import * as examples from '../../../test/support/session-examples.ts';
import { expectTransition, type Case } from '../../../test/support/session-examples.ts';
import { sessionNotes, transition } from './machine.ts';
import type { SessionEvent } from './session-events.ts';
import { statusLabel, type SessionState } from './session-state.ts';

const { acquiring, atMs, cell, completed, failed, measuring, parking, paused, pending } = examples;
const { points, recording, row, running, slewing, stopping, sweeping } = examples;
const waiting = { phase: 'waiting', failing: { sinceMs: 0, attempts: 1 } } as const;

const cases: Case[] = [
  [
    'requests its rotor when it is its turn',
    pending(),
    { type: 'turn' },
    { activity: acquiring },
    ['acquire'],
  ],
  [
    'runs once it has the rotor',
    pending(acquiring),
    { type: 'acquired', atMs, next: cell },
    { status: 'running', activity: slewing, startedAtMs: 9 },
    ['slew'],
  ],
  [
    'parks when nothing is left once it has the rotor',
    running(acquiring, { remaining: 0 }),
    { type: 'acquired', atMs, next: undefined },
    { status: 'running', activity: parking },
    ['park'],
  ],
  [
    'measures at the cell where it has settled',
    running(slewing),
    { type: 'settled', unit: cell },
    { activity: measuring },
    ['measure'],
  ],
  [
    'measures the row that it has reached',
    running(slewing),
    { type: 'settled', unit: row },
    { activity: sweeping },
    ['measure'],
  ],
  [
    'slews while the point is recorded',
    running(measuring),
    { type: 'measured', points: points(1), next: cell },
    { activity: slewing, remaining: 2 },
    ['record', 'slew'],
  ],
  [
    'slews while a row is recorded',
    running(sweeping, { remaining: 9 }),
    { type: 'measured', points: points(5), next: row },
    { activity: { ...slewing, unit: row }, remaining: 4 },
    ['record', 'slew'],
  ],
  [
    'waits for the record of its last point',
    running(measuring, { remaining: 1 }),
    { type: 'measured', points: points(1), next: undefined },
    { activity: recording, remaining: 0 },
    ['record'],
  ],
  [
    'waits for the record of its last row',
    running(sweeping),
    { type: 'measured', points: points(3), next: undefined },
    { activity: recording, remaining: 0 },
    ['record'],
  ],
  [
    'continues after a row without a point',
    running(sweeping),
    { type: 'measured', points: [], next: cell },
    { activity: slewing, remaining: 3 },
    ['slew'],
  ],
  [
    'parks after the last record',
    running(recording, { remaining: 0 }),
    { type: 'recorded', atMs },
    { status: 'running', activity: parking },
    ['park'],
  ],
  [
    'is completed once parked',
    running(parking, { remaining: 0 }),
    { type: 'parked', atMs },
    { status: 'completed', activity: { phase: 'idle' }, finishedAtMs: 9 },
    ['release'],
  ],
  [
    'stops immediately when paused during a slew',
    running(slewing),
    { type: 'pause' },
    { status: 'running', activity: stopping('pause') },
    ['abort', 'stop'],
  ],
  [
    'stops in the middle of a row when paused there',
    running(sweeping),
    { type: 'pause' },
    { activity: stopping('pause') },
    ['abort', 'stop'],
  ],
  [
    'finishes its point when paused during it',
    running(measuring),
    { type: 'pause' },
    { activity: { ...measuring, pausing: 'pause' } },
    [],
  ],
  [
    'records that point and does not move',
    running({ ...measuring, pausing: 'pause' }),
    { type: 'measured', points: points(1), next: cell },
    { activity: { ...recording, pausing: 'pause' }, remaining: 2 },
    ['record'],
  ],
  [
    'is paused once the point is recorded',
    running({ ...recording, pausing: 'pause' }, { remaining: 2 }),
    { type: 'recorded', atMs },
    { status: 'paused', activity: { phase: 'idle' }, resumesItself: false },
    [],
  ],
  [
    'is completed when paused during the last point',
    running({ ...recording, pausing: 'pause' }, { remaining: 0 }),
    { type: 'recorded', atMs },
    { status: 'completed', finishedAtMs: atMs },
    ['release'],
  ],
  [
    'is paused once the rotor has stopped',
    running(stopping('pause')),
    { type: 'stopped', atMs },
    { status: 'paused', activity: { phase: 'idle' } },
    [],
  ],
  [
    'verifies lease and position before it resumes',
    paused(),
    { type: 'resume' },
    { status: 'paused', activity: acquiring },
    ['acquire'],
  ],
  [
    'runs again once they are verified',
    paused(acquiring, { noteParts: [{ text: 'old' }] }),
    { type: 'acquired', atMs, next: cell },
    { status: 'running', activity: slewing, note: null, startedAtMs: 1 },
    ['slew'],
  ],
  [
    'is cancelled immediately while pending',
    pending(),
    { type: 'cancel', atMs },
    { status: 'cancelled', finishedAtMs: 9 },
    ['abort', 'release'],
  ],
  [
    'stops before it is cancelled',
    running(measuring),
    { type: 'cancel', atMs },
    { status: 'running', activity: stopping('cancel') },
    ['abort', 'stop'],
  ],
  [
    'is cancelled once the rotor has stopped',
    running(stopping('cancel')),
    { type: 'stopped', atMs },
    { status: 'cancelled', finishedAtMs: 9 },
    ['release'],
  ],
  [
    'lets a cancel overtake a pause',
    running(stopping('pause')),
    { type: 'cancel', atMs },
    { activity: stopping('cancel') },
    [],
  ],
  [
    'stops before it is cancelled while paused',
    paused(),
    { type: 'cancel', atMs },
    { status: 'paused', activity: stopping('cancel') },
    ['abort', 'stop'],
  ],
  [
    'verifies everything after a restart',
    running(measuring),
    { type: 'restarted', atMs },
    { status: 'running', activity: acquiring },
    ['acquire'],
  ],
  [
    'keeps a cancel that was acknowledged before a restart',
    running(stopping('cancel')),
    { type: 'restarted', atMs },
    { activity: stopping('cancel') },
    ['abort', 'stop'],
  ],
  [
    'keeps a pause that was acknowledged before a restart',
    running({ ...measuring, pausing: 'pause' }),
    { type: 'restarted', atMs },
    { activity: stopping('pause') },
    ['abort', 'stop'],
  ],
  [
    'queues again after a restart',
    pending(acquiring),
    { type: 'restarted', atMs },
    { activity: { phase: 'queued' } },
    [],
  ],
  [
    'stays paused over a restart',
    paused(),
    { type: 'restarted', atMs },
    { status: 'paused', activity: { phase: 'idle' } },
    [],
  ],
  [
    'is completed by a restart after its last point',
    running(parking, { remaining: 0 }),
    { type: 'restarted', atMs },
    { status: 'completed' },
    ['release'],
  ],
  [
    'acquires again after a wait',
    running(waiting),
    { type: 'retry' },
    { activity: { ...waiting, phase: 'acquiring' } },
    ['acquire'],
  ],
];

const ignored: [string, SessionState, SessionEvent, string][] = [
  ['a second pause', running(stopping('pause')), { type: 'pause' }, 'pausing'],
  ['a pause while pending', pending(), { type: 'pause' }, 'pending'],
  ['a pause while paused', paused(), { type: 'pause' }, 'paused'],
  ['a resume while a failed resumption stops', paused(stopping('fault')), { type: 'resume' }, 'pausing'],
  ['a pause while resuming', paused(acquiring), { type: 'pause' }, 'resuming'],
  ['a pause after the end', completed, { type: 'pause' }, 'completed'],
  ['a resume while running', running(slewing), { type: 'resume' }, 'running'],
  ['a second resume', paused(acquiring), { type: 'resume' }, 'resuming'],
  ['a resume while cancelling', running(stopping('cancel')), { type: 'resume' }, 'cancelling'],
  ['a second cancel', running(stopping('cancel')), { type: 'cancel', atMs }, 'cancelling'],
  ['a cancel after the end', completed, { type: 'cancel', atMs }, 'completed'],
  ['a second turn', pending(acquiring), { type: 'turn' }, 'pending'],
  ['a slew that ends after the stop', running(stopping('fault')), { type: 'settled', unit: cell }, 'running'],
  ['a failure while it stops', running(stopping('fault')), failed(), 'running'],
  ['a lost lease while paused', paused(), failed(), 'paused'],
  [
    'a lost lease that is already in its note',
    paused(undefined, { noteParts: [{ text: 'at az 1 el 2: no answer', reason: 'no answer' }] }),
    failed({ transient: false }),
    'paused',
  ],
  ['a restart after the end', completed, { type: 'restarted', atMs }, 'completed'],
];

describe('a session', () => {
  test.each(cases)('%s', (...row) => expectTransition(row));

  test.each(ignored)('ignores %s', (_, state, event, word) => {
    expect(transition(state, event)).toBeUndefined();
    expect(statusLabel(state)).toBe(word);
  });

  test("shows the user's text, then the latest events", () => {
    expect(sessionNotes(pending())).toBeNull();
    const noted = { ...pending(), userNotes: 'first light', noteParts: [{ text: 'stalled' }] };
    expect(sessionNotes(noted)).toBe('first light\nstalled');
    expect(sessionNotes({ ...noted, refineNote: 'Refined.' })).toBe('first light\nRefined.\nstalled');
  });
});
