import { expect, test } from 'vitest';
import { formatDuration } from './durations.ts';

test.each([
  [0, '0 s'],
  [-5, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [245, '4 min 5 s'],
  [3_599, '59 min 59 s'],
  [3_600, '1 h'],
  [13_320, '3 h 42 min'],
  [86_370, '1 d'],
  [187_200, '2 d 4 h'],
  [30 * 86_400, '30 d'],
])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
