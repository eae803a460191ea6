import { describe, expect, test } from 'vitest';
import * as examples from '../../../test/support/session-examples.ts';
import { expectTransition, type Case } from '../../../test/support/session-examples.ts';
import { transition } from './machine.ts';
import type { SessionEvent } from './session-events.ts';
import type { SessionState } from './session-state.ts';

const { acquiring, atMs, cell, failed, measuring, parking, paused, pending, recording } = examples;
const { running, slewing, stopping, sweeping } = examples;
const RESUMES = '; resumes automatically';
const stalled = failed({ transient: false, reason: 'stalled', message: 'at az 1 el 2: stalled' });
const suspend: SessionEvent = { type: 'suspend', message: 'wind' };
const windy = [{ text: 'wind', resumesItself: true }];
const suspended = paused(undefined, { resumesItself: true, noteParts: windy });

const faults: Case[] = [
  [
    'waits and retries after a failure that may clear',
    running(slewing),
    failed(),
    { status: 'running', activity: { phase: 'waiting', failing: { sinceMs: 1_000, attempts: 1 } } },
    ['abort', 'wait'],
  ],
  [
    'retries after a failed sweep',
    running(sweeping),
    failed(),
    { activity: { phase: 'waiting' }, remaining: 3 },
    ['abort', 'wait'],
  ],
  [
    'stops when the failure exceeds its budget, and resumes automatically',
    running({ ...slewing, failing: { sinceMs: 400, attempts: 7 } }),
    failed(),
    { activity: stopping('outage'), resumesItself: true, note: `at az 1 el 2: no answer${RESUMES}` },
    ['abort', 'stop'],
  ],
  [
    'stops immediately on a failure that needs a person',
    running(slewing),
    stalled,
    { activity: stopping('fault'), resumesItself: false, note: 'at az 1 el 2: stalled' },
    ['abort', 'stop'],
  ],
  [
    'pauses with the note once the rotor has stopped',
    running(stopping('fault'), { noteParts: [{ text: 'stalled' }] }),
    { type: 'stopped', atMs },
    { status: 'paused', note: 'stalled', resumesItself: false },
    [],
  ],
  [
    'adds a note when the rotor could not be stopped',
    running(stopping('fault'), { noteParts: [{ text: 'stalled' }] }),
    { type: 'stopped', atMs, trouble: { text: 'no link' } },
    { status: 'paused', note: 'stalled; no link' },
    [],
  ],
  [
    'waits for its rotor indefinitely while pending',
    pending({ ...acquiring, failing: { sinceMs: 0, attempts: 99 } }),
    failed(),
    { status: 'pending', activity: { phase: 'waiting' }, note: 'waiting for the rotor: no answer' },
    ['abort', 'wait'],
  ],
  [
    'measures a rejected point again once the journal has space',
    running(slewing, { remaining: 1 }),
    failed({ transient: false, unrecorded: 1, message: 'no room' }),
    { activity: stopping('outage'), remaining: 2, resumesItself: true, note: `no room${RESUMES}` },
    ['abort', 'stop'],
  ],
  [
    'measures all points of a row again that the journal rejected',
    running(slewing),
    failed({ transient: false, unrecorded: 4 }),
    { activity: stopping('outage'), remaining: 7 },
    ['abort', 'stop'],
  ],
  [
    'counts a rejected point while it stops',
    running(stopping('pause'), { remaining: 1 }),
    failed({ transient: false, unrecorded: 1 }),
    { activity: stopping('pause'), remaining: 2 },
    [],
  ],
  [
    'is completed when it cannot park',
    running(parking, { remaining: 0 }),
    failed(),
    { activity: stopping('fault'), note: 'at az 1 el 2: no answer' },
    ['abort', 'stop'],
  ],
  [
    'retries after a restart what had failed',
    running(stopping('outage')),
    { type: 'restarted', atMs },
    { status: 'running', activity: acquiring },
    ['acquire'],
  ],
];

const suspensions: Case[] = [
  [
    'stops immediately during a slew',
    running(slewing),
    suspend,
    { activity: stopping('suspend'), resumesItself: true, note: `wind${RESUMES}` },
    ['abort', 'stop'],
  ],
  [
    'finishes its point first',
    running(measuring),
    suspend,
    { activity: { ...measuring, pausing: 'suspend' }, resumesItself: true },
    [],
  ],
  ['parks anyway', running(parking, { remaining: 0 }), suspend, undefined, []],
  [
    'parks anyway if the wind rises during the last point',
    running({ ...recording, pausing: 'suspend' }, { remaining: 0 }),
    { type: 'recorded', atMs },
    { activity: parking },
    ['park'],
  ],
  [
    'does not turn a fault that needs a person into a suspension',
    running(stopping('fault'), { noteParts: [{ text: 'stalled' }] }),
    suspend,
    undefined,
    [],
  ],
  [
    'is paused once the rotor has stopped',
    running(stopping('suspend')),
    { type: 'stopped', atMs },
    { status: 'paused', activity: { phase: 'idle' }, resumesItself: true },
    [],
  ],
  [
    'resumes when all conditions are clear',
    suspended,
    { type: 'clear' },
    { activity: acquiring },
    ['acquire'],
  ],
  [
    'then reports the cause and the time of resumption',
    { ...suspended, activity: acquiring },
    { type: 'acquired', atMs: 1_700_000_000_000, next: cell },
    { status: 'running', resumesItself: false, note: 'wind; resumed at 2023-11-14T22:13:20Z' },
    ['slew'],
  ],
  [
    'resumes by request too and clears the note',
    suspended,
    { type: 'resume' },
    { activity: acquiring, resumesItself: false },
    ['acquire'],
  ],
  [
    'stays paused after a pause request before the rotor has stopped',
    running(stopping('suspend'), { noteParts: windy }),
    { type: 'pause' },
    { activity: stopping('pause'), resumesItself: false, note: 'wind' },
    [],
  ],
  [
    'stays paused after a pause request while the point is finished',
    running({ ...measuring, pausing: 'suspend' }, { noteParts: windy }),
    { type: 'pause' },
    { activity: { ...measuring, pausing: 'pause' }, resumesItself: false, note: 'wind' },
    [],
  ],
  [
    'stays paused after a pause request in an outage',
    running(stopping('outage'), { noteParts: windy }),
    { type: 'pause' },
    { activity: stopping('pause'), resumesItself: false, note: 'wind' },
    [],
  ],
  [
    'can be cancelled',
    suspended,
    { type: 'cancel', atMs },
    { activity: stopping('cancel') },
    ['abort', 'stop'],
  ],
  [
    'is still suspended after a restart',
    suspended,
    { type: 'restarted', atMs },
    { status: 'paused', resumesItself: true },
    [],
  ],
  [
    'needs a person once the rotor was stopped or moved',
    suspended,
    stalled,
    { status: 'paused', resumesItself: false, note: 'at az 1 el 2: stalled' },
    [],
  ],
  [
    'needs a person when the rotor stalls during the stop',
    running(stopping('suspend'), { noteParts: windy }),
    stalled,
    { activity: stopping('pause'), resumesItself: false, note: 'at az 1 el 2: stalled' },
    [],
  ],
  [
    'needs a person when the rotor stalls at the point that is finished first',
    running({ ...measuring, pausing: 'suspend' }, { noteParts: windy }),
    stalled,
    { activity: stopping('fault'), resumesItself: false, note: 'at az 1 el 2: stalled' },
    ['abort', 'stop'],
  ],
  ['tolerates a lost lease meanwhile', suspended, failed(), undefined, []],
  ['never resumes automatically after an explicit pause', paused(), { type: 'clear' }, undefined, []],
];

describe('a fault of a session', () => {
  test.each(faults)('%s', (...row) => expectTransition(row));

  test('adds a note if it happens while paused', () => {
    const moved = { text: 'at az 1: moved', reason: 'moved' };
    const event = failed({ transient: false, reason: 'moved', message: 'at az 1: moved' });
    const after = (...noteParts: SessionState['noteParts']) =>
      transition(paused(undefined, { noteParts }), event)?.state.noteParts;
    expect(after()).toEqual([moved]);
    expect(after({ text: 'stalled' })).toEqual([{ text: 'stalled' }, moved]);
  });
});

describe('a suspended session', () => {
  test.each(suspensions)('%s', (...row) => expectTransition(row));
});
