import { expect, test } from 'vitest';
import { createDwellTimes } from './dwell-times.ts';

test.each<[string, number[], number]>([
  ['nothing is known yet', [], 0],
  ['the only dwell', [3_000], 3_000],
  ['a dwell that waited for its dongle counts no more than a fast one', [200, 9_000, 210, 190, 205], 205],
  ['the shorter one of two', [200, 9_000], 200],
  [
    'the last five: a receiver that has become slow',
    [200, 200, 200, 3_000, 3_100, 3_050, 3_200, 3_000],
    3_050,
  ],
])('%s', (_what, dwellsMs, medianMs) => {
  const dwells = createDwellTimes();
  for (const ms of dwellsMs) dwells.add(ms);
  expect(dwells.medianMs).toBe(medianMs);
});
