import { expect, test } from 'vitest';
import { sessionOf } from '../testing/sessions.ts';
import { faultWords, stateWords } from './state-words.ts';

const session = { ...sessionOf(100, 10), completed_points: 40 };
const paused = { ...session, status: 'paused' as const };

test('a rotor holds only when it is known to stand', () => {
  expect(stateWords(paused, { rotor_rests: true })).toContain('the rotor holds');
  expect(stateWords(paused, { rotor_rests: false })).not.toContain('holds');
  expect(stateWords(paused, { rotor_rests: null })).not.toContain('holds');
  expect(stateWords(paused)).not.toContain('holds');
});

test('whether a pause ends automatically is not read from its note', () => {
  const noted = { ...paused, notes: 'rain; goes on by itself once that is over' };
  expect(stateWords(noted, { rotor_rests: true, resumes_itself: false })).toContain('Resume ');
  expect(stateWords(paused, { rotor_rests: true, resumes_itself: true })).toContain('automatically');
});

test('a fault is a sentence with its duration, its cause and the time of the pause', () => {
  const fault = {
    observation: 'rotctld at 192.168.1.5:4533 refused the connection',
    since: '',
    pauses_at: null,
  };
  const nowMs = new Date(2026, 0, 1, 0, 55, 0).getTime();
  expect(faultWords({ ...fault, for_s: 12, pauses_in_s: 41 }, 'running', 2, nowMs)).toBe(
    'No point for 14 s: rotctld at 192.168.1.5:4533 refused the connection. Pauses at 00:55:39',
  );
  expect(faultWords({ ...fault, for_s: 12, pauses_in_s: null }, 'running', 0, nowMs)).toBe(
    'No point for 12 s: rotctld at 192.168.1.5:4533 refused the connection',
  );
});

test('a running scan with a fault is not said to measure', () => {
  const fault = { observation: 'x', since: '', for_s: 3, pauses_at: null, pauses_in_s: null };
  expect(stateWords({ ...session, status: 'running' }, { fault })).toBe('No points arrive.');
});

test('a cancelled scan says what is kept', () => {
  expect(stateWords({ ...session, status: 'cancelled' })).toContain('40 of 100 points');
  expect(stateWords({ ...session, status: 'cancelled', completed_points: 0 })).toContain('before the first');
});

test('what cannot be asked is not said to run or to hold', () => {
  const away = { effect: 'unknown' as const, reason: 'scan-orchestrator cannot be reached' };
  for (const status of ['pending', 'running', 'paused'] as const) {
    const words = stateWords({ ...paused, status }, { rotor_rests: true }, away);
    expect(words).toContain(`Was ${status}`);
    expect(words).toContain(`not known: ${away.reason}`);
    expect(words).not.toContain('the rotor holds');
  }
  expect(stateWords({ ...paused, status: 'completed' }, {}, away)).not.toContain('not known');
});

test('points that come late are not said to be measured now, nor to be lost', () => {
  const late = { effect: 'late' as const, reason: 'the database cannot be reached' };
  const words = stateWords({ ...session, status: 'running' }, {}, late);
  expect(words).toContain('Points come late: the database cannot be reached.');
  expect(words).toContain('keeps every point');
  expect(words).not.toContain('the receiver measures');
});
