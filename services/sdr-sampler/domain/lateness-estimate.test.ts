import { expect, test } from 'vitest';
import { createLatenessEstimate } from './lateness-estimate.ts';

/** One millisecond a sample; index 0 was taken at 0. */
function estimateOf(...effectsMs: number[]) {
  const times = { gapsMs: 0, effectMs: (index: number, askedMs: number) => index - askedMs };
  const estimate = createLatenessEstimate(times);
  for (const ms of effectsMs) estimate.add(ms, 0);
  return { times, estimate };
}

test.each<[string, number[], number | undefined]>([
  ['none', [], undefined],
  ['one that is not late', [4], 4],
  ['one that is late', [500], undefined],
  ['two that agree', [500, 520], 520],
  ['two that do not', [500, 600], undefined],
  ['a third that agrees with one of them', [500, 600, 510], 510],
  ['one before its command', [-200], undefined],
  ['one before its command, and two that agree', [-200, 500, 505], 505],
])('%s: %j makes %s certain', (_, effects, certain) => {
  expect(estimateOf(...effects).estimate.certainMs()).toBe(certain);
});

test('what was seen before samples got later is that much longer', () => {
  const { times, estimate } = estimateOf(500, 900);
  times.gapsMs = 300;
  expect(estimate.longestMs()).toBe(1_200);
  estimate.add(810, 0);
  expect(estimate.certainMs()).toBe(810);
});

test('a link that was in time before samples got later is not in time any more', () => {
  const { times, estimate } = estimateOf(4);
  times.gapsMs = 300;
  expect(estimate.certainMs()).toBeUndefined();
});
