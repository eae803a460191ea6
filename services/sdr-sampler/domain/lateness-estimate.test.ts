import { expect, test } from 'vitest';
import { createLatenessEstimate } from './lateness-estimate.ts';

/** One millisecond per sample; index 0 was taken at 0. */
function estimateOf(...effectsMs: number[]) {
  const times = { gapsMs: 0, effectMs: (index: number, askedMs: number) => index - askedMs };
  const estimate = createLatenessEstimate(times);
  for (const ms of effectsMs) estimate.add(ms, 0);
  return { times, estimate };
}

test.each<[string, number[], number | undefined]>([
  ['none', [], undefined],
  ['one without lateness', [4], 4],
  ['one with lateness', [500], undefined],
  ['two that agree', [500, 520], 520],
  ['two that differ', [500, 600], undefined],
  ['a third that agrees with one of them', [500, 600, 510], 510],
  ['one before its command', [-200], undefined],
  ['one before its command, and two that agree', [-200, 500, 505], 505],
])('%s: %j makes %s certain', (_, effects, certain) => {
  expect(estimateOf(...effects).estimate.certainMs()).toBe(certain);
});

test('a later gap increases earlier observations', () => {
  const { times, estimate } = estimateOf(500, 900);
  times.gapsMs = 300;
  expect(estimate.longestMs()).toBe(1_200);
  estimate.add(810, 0);
  expect(estimate.certainMs()).toBe(810);
});

test('an observation without lateness is outdated after a gap', () => {
  const { times, estimate } = estimateOf(4);
  times.gapsMs = 300;
  expect(estimate.certainMs()).toBeUndefined();
});
