import { describe, expect, test } from 'vitest';
import * as examples from '../../../test/support/session-examples.ts';
import { expectTransition, type Case } from '../../../test/support/session-examples.ts';
import { transition } from './machine.ts';
import type { SessionEvent } from './session-events.ts';
import type { SessionState } from './session-state.ts';

const { acquiring, atMs, cell, failed, measuring, parking, paused, pending, recording } = examples;
const { running, slewing, stopping, sweeping } = examples;
const RESUMES = '; goes on by itself once that is over';
const stalled = failed({ passing: false, reason: 'stalled', message: 'at az 1 el 2: stalled' });
const suspend: SessionEvent = { type: 'suspend', message: 'wind' };
const windy = [{ text: 'wind', resumesItself: true }];
const suspended = paused(undefined, { resumesItself: true, noteParts: windy });

const faults: Case[] = [
  [
    'waits before it tries again after a failure that may pass',
    running(slewing),
    failed(),
    { status: 'running', activity: { phase: 'waiting', failing: { sinceMs: 1_000, attempts: 1 } } },
    ['abort', 'wait'],
  ],
  [
    'tries again when a sweep fails',
    running(sweeping),
    failed(),
    { activity: { phase: 'waiting' }, remaining: 3 },
    ['abort', 'wait'],
  ],
  [
    'stops when the failure outlives its budget, and resumes automatically',
    running({ ...slewing, failing: { sinceMs: 400, attempts: 7 } }),
    failed(),
    { activity: stopping('outage'), resumesItself: true, note: `at az 1 el 2: no answer${RESUMES}` },
    ['abort', 'stop'],
  ],
  [
    'stops at once on a failure that waits for a person',
    running(slewing),
    stalled,
    { activity: stopping('fault'), resumesItself: false, note: 'at az 1 el 2: stalled' },
    ['abort', 'stop'],
  ],
  [
    'pauses with the note once the rotor stands',
    running(stopping('fault'), { noteParts: [{ text: 'stalled' }] }),
    { type: 'stopped', atMs },
    { status: 'paused', note: 'stalled', resumesItself: false },
    [],
  ],
  [
    'adds to the note that the rotor could not be stopped',
    running(stopping('fault'), { noteParts: [{ text: 'stalled' }] }),
    { type: 'stopped', atMs, trouble: { text: 'no link' } },
    { status: 'paused', note: 'stalled; no link' },
    [],
  ],
  [
    'waits indefinitely for its rotor while pending',
    pending({ ...acquiring, failing: { sinceMs: 0, attempts: 99 } }),
    failed(),
    { status: 'pending', activity: { phase: 'waiting' }, note: 'waiting for the rotor: no answer' },
    ['abort', 'wait'],
  ],
  [
    'measures a point again that the journal refused, once there is room',
    running(slewing, { remaining: 1 }),
    failed({ passing: false, unrecorded: 1, message: 'no room' }),
    { activity: stopping('outage'), remaining: 2, resumesItself: true, note: `no room${RESUMES}` },
    ['abort', 'stop'],
  ],
  [
    'measures all points of a row again that the journal refused',
    running(slewing),
    failed({ passing: false, unrecorded: 4 }),
    { activity: stopping('outage'), remaining: 7 },
    ['abort', 'stop'],
  ],
  [
    'counts a refused point while it stops',
    running(stopping('pause'), { remaining: 1 }),
    failed({ passing: false, unrecorded: 1 }),
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
    'tries again after a restart what had failed',
    running(stopping('outage')),
    { type: 'restarted', atMs },
    { status: 'running', activity: acquiring },
    ['acquire'],
  ],
];

const suspensions: Case[] = [
  [
    'stops at once in a slew',
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
  ['parks nevertheless', running(parking, { remaining: 0 }), suspend, undefined, []],
  [
    'parks nevertheless when the wind came on the last point',
    running({ ...recording, pausing: 'suspend' }, { remaining: 0 }),
    { type: 'recorded', atMs },
    { activity: parking },
    ['park'],
  ],
  [
    'does not turn a fault that waits for a person into a suspension',
    running(stopping('fault'), { noteParts: [{ text: 'stalled' }] }),
    suspend,
    undefined,
    [],
  ],
  [
    'is paused once the rotor stands',
    running(stopping('suspend')),
    { type: 'stopped', atMs },
    { status: 'paused', activity: { phase: 'idle' }, resumesItself: true },
    [],
  ],
  ['resumes when it is clear', suspended, { type: 'clear' }, { activity: acquiring }, ['acquire']],
  [
    'reports afterwards what it was and when it resumed',
    { ...suspended, activity: acquiring },
    { type: 'acquired', atMs: 1_700_000_000_000, next: cell },
    { status: 'running', resumesItself: false, note: 'wind; went on at 2023-11-14T22:13:20Z' },
    ['slew'],
  ],
  [
    'resumes for a client too, who has read the note',
    suspended,
    { type: 'resume' },
    { activity: acquiring, resumesItself: false },
    ['acquire'],
  ],
  [
    'stays paused for a client that asks before the rotor stands',
    running(stopping('suspend'), { noteParts: windy }),
    { type: 'pause' },
    { activity: stopping('pause'), resumesItself: false, note: 'wind' },
    [],
  ],
  [
    'stays paused for a client that asks while the point is finished',
    running({ ...measuring, pausing: 'suspend' }, { noteParts: windy }),
    { type: 'pause' },
    { activity: { ...measuring, pausing: 'pause' }, resumesItself: false, note: 'wind' },
    [],
  ],
  [
    'stays paused for a client that asks in an outage',
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
    'waits for a person once the rotor was stopped or moved',
    suspended,
    stalled,
    { status: 'paused', resumesItself: false, note: 'at az 1 el 2: stalled' },
    [],
  ],
  [
    'waits for a person when the rotor stalls while it stops',
    running(stopping('suspend'), { noteParts: windy }),
    stalled,
    { activity: stopping('pause'), resumesItself: false, note: 'at az 1 el 2: stalled' },
    [],
  ],
  [
    'waits for a person when the rotor stalls on the point that is finished first',
    running({ ...measuring, pausing: 'suspend' }, { noteParts: windy }),
    stalled,
    { activity: stopping('fault'), resumesItself: false, note: 'at az 1 el 2: stalled' },
    ['abort', 'stop'],
  ],
  ['bears a link that is lost meanwhile', suspended, failed(), undefined, []],
  ['never resumes automatically after a pause by a client', paused(), { type: 'clear' }, undefined, []],
];

describe('a fault of a session', () => {
  test.each(faults)('%s', (...row) => expectTransition(row));

  test('adds what a person has to know before resuming, when it happens while paused', () => {
    const moved = { text: 'at az 1: moved', reason: 'moved' };
    const event = failed({ passing: false, reason: 'moved', message: 'at az 1: moved' });
    const after = (...noteParts: SessionState['noteParts']) =>
      transition(paused(undefined, { noteParts }), event)?.state.noteParts;
    expect(after()).toEqual([moved]);
    expect(after({ text: 'stalled' })).toEqual([{ text: 'stalled' }, moved]);
  });
});

describe('a suspended session', () => {
  test.each(suspensions)('%s', (...row) => expectTransition(row));
});
