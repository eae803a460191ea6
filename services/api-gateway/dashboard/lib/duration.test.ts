import { expect, it } from 'vitest';
import { durationWords } from './duration.ts';

it.each([
  [0.2, '1 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [200, '3 min 20 s'],
  [599, '10 min'],
  [3599, '1 h'],
  [13_320, '3 h 42 min'],
  [86_400, '24 h'],
  [200_000, '2 d 8 h'],
])('%d s are %s', (seconds, words) => {
  expect(durationWords(seconds)).toBe(words);
});
