import { expect, test } from 'vitest';
import { createTakeoverWatch } from './takeover-watch.ts';

/** A watch after connections of these lengths, each 0.5 s after the one before. */
function after(lengthsMs: number[]) {
  let nowMs = 0;
  const watch = createTakeoverWatch('roof', () => nowMs);
  for (const lengthMs of lengthsMs) {
    nowMs += 500;
    watch.connected();
    nowMs += lengthMs;
    watch.closed();
  }
  return { watch, pass: (ms: number) => (nowMs += ms) };
}

test.each([
  ['no connection', []],
  ['two short ones', [600, 600]],
  ['a long one among short ones', [600, 600, 60_000, 600, 600]],
])('%s: no trouble', (_title, lengthsMs) => {
  expect(after(lengthsMs).watch.trouble()).toBeUndefined();
});

test('three short ones in a row: another client has the id, until a connection lasts', () => {
  const { watch, pass } = after([600, 600, 600]);
  expect(watch.trouble()).toMatch(
    /closed the last 3 connections .* same id roof; GATEWAY_ID must be unique$/,
  );
  watch.connected();
  pass(4_999);
  expect(watch.trouble()).toBeDefined();
  pass(1);
  expect(watch.trouble()).toBeUndefined();
});

test('failed attempts do not count', () => {
  const { watch } = after([600, 600]);
  for (let n = 0; n < 9; n++) watch.closed();
  expect(watch.trouble()).toBeUndefined();
});
