import { expect, test } from 'vitest';
import { nextInLine, type InLine } from './queue.ts';

const waiting = (sessionId: number): InLine => ({ sessionId, status: 'pending', phase: 'queued' });
const paused = (sessionId: number): InLine => ({ sessionId, status: 'paused', phase: 'idle' });
const ended = (sessionId: number): InLine => ({ sessionId, status: 'completed', phase: 'idle' });

test.each<[string, InLine[], number | undefined]>([
  ['nobody waits', [], undefined],
  ['the oldest waits', [waiting(7), waiting(5), ended(4)], 5],
  ['somebody asks for the rotor already', [{ ...waiting(5), phase: 'acquiring' }, waiting(6)], undefined],
  ['a paused session keeps the rotor', [paused(5), waiting(6)], undefined],
  ['an older one comes late', [waiting(4), { sessionId: 5, status: 'running', phase: 'slewing' }], undefined],
])('%s', (_, line, next) => {
  expect(nextInLine(line)).toBe(next);
});
