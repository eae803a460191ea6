import { expect, test } from 'vitest';
import { isPositionStale, addMissedReading, noMissedReadings } from './missed-readings.ts';

test.each([
  ['one refusal after a long time is tolerated', 1, 60_000, false],
  ['many refusals within a short time are tolerated', 50, 2_900, false],
  ['few refusals over a long time are tolerated', 2, 10_000, false],
  ['many refusals over a long time make the position stale', 3, 3_100, true],
])('%s', (_, count, afterMs, expected) => {
  let missed = noMissedReadings(1_000);
  for (let i = 0; i < count; i++) missed = addMissedReading(missed);
  expect(isPositionStale(missed, 1_000 + afterMs)).toBe(expected);
  expect(isPositionStale(noMissedReadings(1_000 + afterMs), 1_000 + afterMs)).toBe(false);
});
