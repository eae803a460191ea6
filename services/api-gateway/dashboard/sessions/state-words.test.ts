import { expect, test } from 'vitest';
import { sessionOf } from '../testing/sessions.ts';
import { stateWords } from './state-words.ts';

const session = { ...sessionOf(100, 10), completed_points: 40 };

test('a pause that ends by itself is told apart from one that waits for somebody', () => {
  const rain = 'T12:00:00Z before az 3 el 10: rain; goes on by itself once that is over';
  expect(stateWords({ ...session, status: 'paused', notes: rain })).toContain('goes on by itself');
  expect(stateWords({ ...session, status: 'paused', notes: 'stalled' })).toContain('Resume');
  expect(stateWords({ ...session, status: 'paused' })).toContain('Resume');
});

test('a cancelled scan says what is kept', () => {
  expect(stateWords({ ...session, status: 'cancelled' })).toContain('40 of 100 points');
  expect(stateWords({ ...session, status: 'cancelled', completed_points: 0 })).toContain('before the first');
});
