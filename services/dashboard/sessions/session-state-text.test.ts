import { expect, test } from 'vitest';
import { sessionOf } from '../testing/sessions.ts';
import { describeFault, describeState } from './session-state-text.ts';

const session = { ...sessionOf(100, 10), completed_points: 40 };
const paused = { ...session, status: 'paused' as const };

test('a paused rotor is reported as stopped only when this is known', () => {
  expect(describeState(paused, { rotor_rests: true })).toContain('the rotor has stopped');
  expect(describeState(paused, { rotor_rests: false })).not.toContain('has stopped');
  expect(describeState(paused, { rotor_rests: null })).not.toContain('has stopped');
  expect(describeState(paused)).not.toContain('has stopped');
});

test('the text of a note does not decide whether a pause ends automatically', () => {
  const noted = { ...paused, notes: 'rain; resumes automatically' };
  expect(describeState(noted, { rotor_rests: true, resumes_itself: false })).toContain('Resume ');
  expect(describeState(paused, { rotor_rests: true, resumes_itself: true })).toContain('automatically');
});

test('describes a fault with its duration, cause and time of the pause', () => {
  const fault = {
    observation: 'rotctld at 192.168.1.5:4533 refused the connection',
    since: '',
    pauses_at: null,
  };
  const nowMs = new Date(2026, 0, 1, 0, 55, 0).getTime();
  expect(describeFault({ ...fault, for_s: 12, pauses_in_s: 41 }, 'running', 2, nowMs)).toBe(
    'No point for 14 s: rotctld at 192.168.1.5:4533 refused the connection. Pauses at 00:55:39',
  );
  expect(describeFault({ ...fault, for_s: 12, pauses_in_s: null }, 'running', 0, nowMs)).toBe(
    'No point for 12 s: rotctld at 192.168.1.5:4533 refused the connection',
  );
});

test('does not claim that a scan with a fault measures', () => {
  const fault = { observation: 'x', since: '', for_s: 3, pauses_at: null, pauses_in_s: null };
  expect(describeState({ ...session, status: 'running' }, { fault })).toBe('No points are arriving.');
});

test('a refined scan reports what it measures', () => {
  const refine = { threshold: 3.5, step_deg: 2, max_points: 9, time_budget_s: null, added_points: null };
  const known = { refine, columns_in_row: Array.from({ length: 10 }, () => 10) };
  const text = (change: object) => describeState({ ...session, status: 'running', ...change }, known);
  expect(text({})).toBe('The rotor is scanning the grid.');
  expect(text({ completed_points: 100 })).toBe('The grid is measured. The points to add are being chosen.');
  expect(text({ completed_points: 100, total_points: 109 })).toBe('The rotor is measuring the added points.');
});

test('a cancelled scan reports the number of kept points', () => {
  expect(describeState({ ...session, status: 'cancelled' })).toContain('40 of 100 points');
  expect(describeState({ ...session, status: 'cancelled', completed_points: 0 })).toContain(
    'before the first',
  );
});

test('a completed scan reports points that were out of reach', () => {
  const completed = { ...session, status: 'completed' as const };
  expect(describeState(completed)).toBe(
    '40 of 100 points are measured; the others were out of reach of the rotor.',
  );
  expect(describeState({ ...completed, completed_points: 100 })).toBe('All points of the grid are measured.');
});

test('an unreachable session is reported with its last known status', () => {
  const away = { effect: 'unknown' as const, reason: 'scan-orchestrator cannot be reached' };
  for (const status of ['pending', 'running', 'paused'] as const) {
    const text = describeState({ ...paused, status }, { rotor_rests: true }, away);
    expect(text).toContain(`Last known status: ${status}`);
    expect(text).toContain(`unknown: ${away.reason}`);
    expect(text).not.toContain('the rotor has stopped');
  }
  expect(describeState({ ...paused, status: 'completed' }, {}, away)).not.toContain('unknown');
});

test('delayed points are reported as delayed, not as lost', () => {
  const late = { effect: 'late' as const, reason: 'the database cannot be reached' };
  const text = describeState({ ...session, status: 'running' }, {}, late);
  expect(text).toContain('Points arrive late: the database cannot be reached.');
  expect(text).toContain('keeps every point');
  expect(text).not.toContain('is scanning');
});
