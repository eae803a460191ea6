import { describe, expect, test } from 'vitest';
import { pendingSession, sessionNotes, stateWord, transition } from './machine.ts';
import type { Failed, SessionEvent, SessionState } from './machine-types.ts';
import { noteText } from './note-parts.ts';

const base: SessionState = { ...pendingSession(3, null), startedAtMs: 1 };
const pending = pendingSession(3, null);
const running = (change: Partial<SessionState> = {}): SessionState => ({
  ...base,
  status: 'running',
  phase: 'slewing',
  ...change,
});
const paused: SessionState = { ...base, status: 'paused', phase: 'idle' };
const ended: SessionState = { ...base, status: 'completed', phase: 'idle', remaining: 0, finishedAtMs: 2 };

const failed = (change: Partial<Failed> = {}): Failed => ({
  type: 'failed',
  nowMs: 1_000,
  passing: true,
  reason: 'no answer',
  message: 'at az 1 el 2: no answer',
  budgetMs: 500,
  ...change,
});
const atMs = 9;

describe('a session', () => {
  test.each<[string, SessionState, SessionEvent, Partial<SessionState> & { note?: string | null }, string[]]>(
    [
      [
        'asks for its rotor when it is its turn',
        pending,
        { type: 'turn' },
        { status: 'pending', phase: 'acquiring' },
        ['acquire'],
      ],
      [
        'runs once it has the rotor',
        { ...pending, phase: 'acquiring' },
        { type: 'acquired', atMs },
        { status: 'running', phase: 'slewing', startedAtMs: 9 },
        ['slew'],
      ],
      [
        'measures where it has settled',
        running(),
        { type: 'settled' },
        { phase: 'integrating' },
        ['measure'],
      ],
      [
        'measures a row on its way',
        running(),
        { type: 'settled', sweeps: true },
        { phase: 'sweeping' },
        ['measure'],
      ],
      [
        'goes on while a row is recorded',
        running({ phase: 'sweeping', remaining: 9 }),
        { type: 'measured', points: 5 },
        { phase: 'slewing', remaining: 4 },
        ['record', 'slew'],
      ],
      [
        'waits for the record of its last row',
        running({ phase: 'sweeping', remaining: 3 }),
        { type: 'measured', points: 3 },
        { phase: 'recording', remaining: 0 },
        ['record'],
      ],
      [
        'goes on after a row that gave nothing',
        running({ phase: 'sweeping' }),
        { type: 'measured', points: 0 },
        { phase: 'slewing', remaining: 3 },
        ['slew'],
      ],
      [
        'stops in mid-row when paused there',
        running({ phase: 'sweeping' }),
        { type: 'pause' },
        { phase: 'stopping', request: 'pause' },
        ['abort', 'stop'],
      ],
      [
        'tries again when a sweep fails',
        running({ phase: 'sweeping' }),
        failed({}),
        { phase: 'waiting', remaining: 3 },
        ['abort', 'wait'],
      ],
      [
        'measures all points again that the journal refused',
        running({ phase: 'slewing' }),
        failed({ passing: false, unrecorded: 4 }),
        { phase: 'stopping', remaining: 7, suspended: true },
        ['abort', 'stop'],
      ],
      [
        'goes on while the point is recorded',
        running({ phase: 'integrating' }),
        { type: 'measured', points: 1 },
        { phase: 'slewing', remaining: 2 },
        ['record', 'slew'],
      ],
      [
        'waits for the record of its last point',
        running({ phase: 'integrating', remaining: 1 }),
        { type: 'measured', points: 1 },
        { phase: 'recording', remaining: 0 },
        ['record'],
      ],
      [
        'parks after the last record',
        running({ phase: 'recording', remaining: 0 }),
        { type: 'recorded', atMs },
        { status: 'running', phase: 'parking' },
        ['park'],
      ],
      [
        'is completed once parked',
        running({ phase: 'parking', remaining: 0 }),
        { type: 'parked', atMs },
        { status: 'completed', phase: 'idle', finishedAtMs: 9 },
        ['release'],
      ],
      [
        'stops at once when paused on the way',
        running(),
        { type: 'pause' },
        { status: 'running', phase: 'stopping', request: 'pause' },
        ['abort', 'stop'],
      ],
      [
        'finishes its point when paused on it',
        running({ phase: 'integrating' }),
        { type: 'pause' },
        { phase: 'integrating', request: 'pause' },
        [],
      ],
      [
        'records that point and moves no further',
        running({ phase: 'integrating', request: 'pause' }),
        { type: 'measured', points: 1 },
        { phase: 'recording', remaining: 2 },
        ['record'],
      ],
      [
        'is paused once the point is recorded',
        running({ phase: 'recording', request: 'pause', remaining: 2 }),
        { type: 'recorded', atMs },
        { status: 'paused', phase: 'idle', request: null },
        [],
      ],
      [
        'is completed when the pause came on the last point',
        running({ phase: 'recording', request: 'pause', remaining: 0 }),
        { type: 'recorded', atMs },
        { status: 'completed', phase: 'idle', request: null, finishedAtMs: atMs },
        ['release'],
      ],
      [
        'parks all the same when it was the weather that came on the last point',
        running({ phase: 'recording', request: 'pause', suspended: true, remaining: 0 }),
        { type: 'recorded', atMs },
        { phase: 'parking', request: null },
        ['park'],
      ],
      [
        'is paused once the rotor stands',
        running({ phase: 'stopping', request: 'pause' }),
        { type: 'stopped', atMs },
        { status: 'paused', phase: 'idle', request: null },
        [],
      ],
      [
        'verifies lease and position before it resumes',
        paused,
        { type: 'resume' },
        { status: 'paused', phase: 'acquiring', request: 'resume' },
        ['acquire'],
      ],
      [
        'runs again once they are verified',
        { ...paused, phase: 'acquiring', request: 'resume', noteParts: [{ text: 'old' }] },
        { type: 'acquired', atMs },
        { status: 'running', phase: 'slewing', request: null, note: null, startedAtMs: 1 },
        ['slew'],
      ],
      [
        'is cancelled at once while pending',
        pending,
        { type: 'cancel', atMs },
        { status: 'cancelled', phase: 'idle', finishedAtMs: 9 },
        ['abort', 'release'],
      ],
      [
        'stops before it is cancelled',
        running({ phase: 'integrating' }),
        { type: 'cancel', atMs },
        { status: 'running', phase: 'stopping', request: 'cancel' },
        ['abort', 'stop'],
      ],
      [
        'is cancelled once the rotor stands',
        running({ phase: 'stopping', request: 'cancel' }),
        { type: 'stopped', atMs },
        { status: 'cancelled', finishedAtMs: 9 },
        ['release'],
      ],
      [
        'lets a cancel overtake a pause',
        running({ phase: 'stopping', request: 'pause' }),
        { type: 'cancel', atMs },
        { phase: 'stopping', request: 'cancel' },
        [],
      ],
      [
        'stops before it is cancelled while paused',
        paused,
        { type: 'cancel', atMs },
        { status: 'paused', phase: 'stopping', request: 'cancel' },
        ['abort', 'stop'],
      ],
      [
        'tries again after a passing failure',
        running(),
        failed(),
        { status: 'running', phase: 'waiting', failing: { sinceMs: 1_000, attempts: 1 } },
        ['abort', 'wait'],
      ],
      [
        'goes back to lease and position after the wait',
        running({ phase: 'waiting' }),
        { type: 'retry' },
        { phase: 'acquiring' },
        ['acquire'],
      ],
      [
        'stops when the failure outlives its budget',
        running({ failing: { sinceMs: 400, attempts: 7 } }),
        failed(),
        {
          phase: 'stopping',
          request: null,
          suspended: true,
          note: 'at az 1 el 2: no answer; goes on by itself once that is over',
        },
        ['abort', 'stop'],
      ],
      [
        'stops at once on a lasting failure',
        running(),
        failed({ passing: false }),
        { phase: 'stopping', note: 'at az 1 el 2: no answer' },
        ['abort', 'stop'],
      ],
      [
        'pauses with the note once the rotor stands',
        running({ phase: 'stopping', noteParts: [{ text: 'stalled' }] }),
        { type: 'stopped', atMs },
        { status: 'paused', note: 'stalled' },
        [],
      ],
      [
        'says so when the rotor cannot be stopped',
        running({ phase: 'stopping', noteParts: [{ text: 'stalled' }] }),
        { type: 'stopped', atMs, trouble: { text: 'no link' } },
        { status: 'paused', note: 'stalled; no link' },
        [],
      ],
      [
        'waits for its rotor as long as it takes while pending',
        { ...pending, phase: 'acquiring', failing: { sinceMs: 0, attempts: 99 } },
        failed(),
        { status: 'pending', phase: 'waiting', note: 'waiting for the rotor: no answer' },
        ['abort', 'wait'],
      ],
      [
        'measures a point again that the journal refused',
        running({ remaining: 1 }),
        failed({ passing: false, unrecorded: 1 }),
        { phase: 'stopping', remaining: 2 },
        ['abort', 'stop'],
      ],
      [
        'keeps a refused point in mind while it stops',
        running({ phase: 'stopping', remaining: 1 }),
        failed({ passing: false, unrecorded: 1 }),
        { phase: 'stopping', remaining: 2 },
        [],
      ],
      [
        'is completed when it cannot park',
        running({ phase: 'parking', remaining: 0 }),
        failed(),
        { phase: 'stopping', note: 'at az 1 el 2: no answer' },
        ['abort', 'stop'],
      ],
      [
        'verifies everything after a restart',
        running({ phase: 'integrating' }),
        { type: 'restarted', atMs },
        { status: 'running', phase: 'acquiring' },
        ['acquire'],
      ],
      [
        'keeps a cancel that was answered before a restart',
        running({ phase: 'stopping', request: 'cancel' }),
        { type: 'restarted', atMs },
        { phase: 'stopping', request: 'cancel' },
        ['abort', 'stop'],
      ],
      [
        'queues again after a restart',
        { ...pending, phase: 'acquiring' },
        { type: 'restarted', atMs },
        { status: 'pending', phase: 'queued' },
        [],
      ],
      [
        'stays paused over a restart',
        paused,
        { type: 'restarted', atMs },
        { status: 'paused', phase: 'idle' },
        [],
      ],
      [
        'is completed by a restart after its last point',
        running({ phase: 'parking', remaining: 0 }),
        { type: 'restarted', atMs },
        { status: 'completed' },
        ['release'],
      ],
    ],
  )('%s', (_, state, event, change, effects) => {
    const next = transition(state, event);
    expect(next?.effects).toEqual(effects);
    expect({ ...next?.state, note: noteText(next?.state.noteParts ?? []) }).toMatchObject(change);
  });

  test.each<[string, SessionState, SessionEvent, string]>([
    ['a second pause', running({ phase: 'stopping', request: 'pause' }), { type: 'pause' }, 'pausing'],
    ['a pause while pending', pending, { type: 'pause' }, 'pending'],
    ['a pause while paused', paused, { type: 'pause' }, 'paused'],
    [
      'a resume while a failed resumption is being stopped',
      { ...paused, phase: 'stopping' },
      { type: 'resume' },
      'pausing',
    ],
    [
      'a pause while resuming',
      { ...paused, phase: 'acquiring', request: 'resume' },
      { type: 'pause' },
      'resuming',
    ],
    ['a pause after the end', ended, { type: 'pause' }, 'completed'],
    ['a resume while running', running(), { type: 'resume' }, 'running'],
    ['a second resume', { ...paused, phase: 'acquiring', request: 'resume' }, { type: 'resume' }, 'resuming'],
    [
      'a resume while cancelling',
      running({ phase: 'stopping', request: 'cancel' }),
      { type: 'resume' },
      'cancelling',
    ],
    [
      'a second cancel',
      running({ phase: 'stopping', request: 'cancel' }),
      { type: 'cancel', atMs },
      'cancelling',
    ],
    ['a cancel after the end', ended, { type: 'cancel', atMs }, 'completed'],
    ['a turn that comes twice', { ...pending, phase: 'acquiring' }, { type: 'turn' }, 'pending'],
    ['a slew that ends after the stop', running({ phase: 'stopping' }), { type: 'settled' }, 'running'],
    ['a failure while it stops', running({ phase: 'stopping' }), failed(), 'running'],
    ['a lost lease while paused', paused, failed(), 'paused'],
    [
      'a lost lease of which its note tells already',
      { ...paused, noteParts: [{ text: 'at az 1 el 2: no answer', reason: 'no answer' }] },
      failed({ passing: false }),
      'paused',
    ],
    ['a restart after the end', ended, { type: 'restarted', atMs }, 'completed'],
  ])('is not moved by %s', (_, state, event, word) => {
    expect(transition(state, event)).toBeUndefined();
    expect(stateWord(state)).toBe(word);
  });

  test('says what a person has to know before resuming, when it happens while paused', () => {
    const told = (...noteParts: SessionState['noteParts']) =>
      transition(
        { ...paused, noteParts },
        failed({ passing: false, reason: 'moved', message: 'at az 1: moved' }),
      )?.state;
    const moved = { text: 'at az 1: moved', reason: 'moved' };
    expect(told()).toEqual({ ...paused, noteParts: [moved] });
    expect(told({ text: 'stalled' })).toEqual({ ...paused, noteParts: [{ text: 'stalled' }, moved] });
  });

  test('shows what the user wrote, then what happened', () => {
    expect(sessionNotes(pending)).toBeNull();
    expect(sessionNotes({ ...pending, userNotes: 'first light', noteParts: [{ text: 'stalled' }] })).toBe(
      'first light\nstalled',
    );
  });
});
