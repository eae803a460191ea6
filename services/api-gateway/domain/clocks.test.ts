import { expect, test } from 'vitest';
import { clockProblem, readClock } from './clocks.ts';

const HOUR_MS = 3_600_000;

test.each([
  ['the same', 100, 1_050, undefined],
  ['4 s apart', 100, 5_050, undefined],
  ['a slow answer that hides 8 s', 10_000, 14_000, undefined],
  ['3 h ahead', 100, 1_050 + 3 * HOUR_MS, /is 3 h ahead of this one's: synchronise both clocks/],
  ['70 s behind', 100, 1_050 - 70_000, /is 1 min 10 s behind this one's/],
])('clocks that are %s', (_, durationMs, theirMs, expected) => {
  const trouble = clockProblem(readClock(1_000, durationMs, theirMs), undefined, 0);
  if (expected) expect(trouble).toMatch(expected);
  else expect(trouble).toBeUndefined();
});

test('a jump of our own clock is reported for ten minutes', () => {
  const jump = { byMs: -HOUR_MS, atUnixMs: 0 };
  expect(clockProblem(undefined, jump, 90_000)).toMatch(/was set 1 h back, 1 min 30 s ago/);
  expect(clockProblem(undefined, jump, 600_000)).toBeUndefined();
});
