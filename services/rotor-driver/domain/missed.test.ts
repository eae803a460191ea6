import { expect, test } from 'vitest';
import { isOutOfSight, missedAnother, nothingMissed } from './missed.ts';

test.each([
  ['one refusal, however late', 1, 60_000, false],
  ['many refusals in a moment', 50, 2_900, false],
  ['few refusals over a long time', 2, 10_000, false],
  ['many refusals over a long time', 3, 3_100, true],
])('%s', (_, count, afterMs, expected) => {
  let missed = nothingMissed(1_000);
  for (let i = 0; i < count; i++) missed = missedAnother(missed);
  expect(isOutOfSight(missed, 1_000 + afterMs)).toBe(expected);
  expect(isOutOfSight(nothingMissed(1_000 + afterMs), 1_000 + afterMs)).toBe(false);
});
