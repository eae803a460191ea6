import { describe, expect, test } from 'vitest';
import { pendingSession, transition } from './machine.ts';
import type { SessionEvent, SessionState } from './machine-types.ts';
import { noteText } from './note-parts.ts';

const running: SessionState = {
  ...pendingSession(3, null),
  status: 'running',
  phase: 'slewing',
  startedAtMs: 1,
};
const suspended: SessionState = {
  ...running,
  status: 'paused',
  phase: 'idle',
  suspended: true,
  noteParts: [{ text: 'wind', resumesItself: true }],
};
const suspend: SessionEvent = { type: 'suspend', message: 'wind' };
const clear: SessionEvent = { type: 'clear' };
const failed = (change: object = {}): SessionEvent => ({
  type: 'failed',
  nowMs: 1_000,
  passing: false,
  reason: 'stalled',
  message: 'stalled at az 1 el 2',
  budgetMs: 500,
  ...change,
});

describe('a suspended session', () => {
  test.each<
    [string, SessionState, SessionEvent, (Partial<SessionState> & { note?: string }) | undefined, string[]]
  >([
    [
      'stands at once when it was on its way',
      running,
      suspend,
      {
        phase: 'stopping',
        request: 'pause',
        suspended: true,
        note: 'wind; goes on by itself once that is over',
      },
      ['abort', 'stop'],
    ],
    [
      'finishes its point first',
      { ...running, phase: 'integrating' },
      suspend,
      { phase: 'integrating', request: 'pause', suspended: true },
      [],
    ],
    ['parks all the same', { ...running, phase: 'parking', remaining: 0 }, suspend, undefined, []],
    [
      'is paused then',
      { ...running, phase: 'stopping', request: 'pause', suspended: true },
      { type: 'stopped', atMs: 2 },
      { status: 'paused', phase: 'idle', suspended: true },
      [],
    ],
    ['goes on when it is clear', suspended, clear, { phase: 'acquiring', request: 'resume' }, ['acquire']],
    [
      'says afterwards what it was and when it went on',
      { ...suspended, phase: 'acquiring', request: 'resume' },
      { type: 'acquired', atMs: 1_700_000_000_000 },
      { status: 'running', suspended: false, note: 'wind; went on at 2023-11-14T22:13:20Z' },
      ['slew'],
    ],
    [
      'goes on for a person too, who has read the note',
      suspended,
      { type: 'resume' },
      { phase: 'acquiring', suspended: false },
      ['acquire'],
    ],
    [
      'stays paused for a person who asks before it stands',
      { ...running, phase: 'stopping', request: 'pause', suspended: true },
      { type: 'pause' },
      { suspended: false },
      [],
    ],
    ['can be cancelled', suspended, { type: 'cancel', atMs: 3 }, { phase: 'stopping' }, ['abort', 'stop']],
    [
      'is still suspended after a restart',
      suspended,
      { type: 'restarted', atMs: 3 },
      { suspended: true, phase: 'idle' },
      [],
    ],
    [
      'waits for a person once somebody stopped or moved the rotor',
      suspended,
      failed(),
      { suspended: false, note: 'stalled at az 1 el 2', status: 'paused' },
      [],
    ],
    ['bears a link that is lost meanwhile', suspended, failed({ passing: true }), undefined, []],
    ['a paused one never goes on by itself', { ...suspended, suspended: false }, clear, undefined, []],
    [
      'a rotor that stalls suspends nothing',
      running,
      failed(),
      { phase: 'stopping', suspended: false, note: 'stalled at az 1 el 2' },
      ['abort', 'stop'],
    ],
    [
      'a full disk does: there may be room again',
      running,
      failed({ unrecorded: 1, message: 'no room' }),
      {
        phase: 'stopping',
        suspended: true,
        remaining: 4,
        note: 'no room; goes on by itself once that is over',
      },
      ['abort', 'stop'],
    ],
  ])('%s', (_name, state, event, change, effects) => {
    const next = transition(state, event);
    const shown = next && { ...next.state, note: noteText(next.state.noteParts) };
    if (change) expect(shown).toMatchObject(change);
    else expect(next).toBeUndefined();
    expect(next?.effects ?? []).toEqual(effects);
  });
});
