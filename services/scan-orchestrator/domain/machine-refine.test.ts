import { expect, test } from 'vitest';
import * as examples from '../../../test/support/session-examples.ts';
import { expectTransition, type Case } from '../../../test/support/session-examples.ts';
import { transition } from './machine.ts';

const { acquiring, atMs, cell, parking, recording, running, slewing, stopping } = examples;

const cases: Case[] = [
  [
    'acquires again to choose the points to add when the grid is recorded',
    running(recording, { remaining: 0, refines: true }),
    { type: 'recorded', atMs },
    { activity: acquiring, refines: true },
    ['acquire'],
  ],
  [
    'suspends before it chooses the points to add',
    running({ ...recording, pausing: 'suspend' }, { remaining: 0, refines: true }),
    { type: 'recorded', atMs },
    { status: 'paused', resumesItself: true, refines: true },
    [],
  ],
  [
    'pauses before it chooses the points to add',
    running(stopping('pause'), { remaining: 0, refines: true }),
    { type: 'stopped', atMs },
    { status: 'paused', resumesItself: false, refines: true },
    [],
  ],
  [
    'does not end at a restart before it has chosen the points to add',
    running(acquiring, { remaining: 0, refines: true }),
    { type: 'restarted', atMs },
    { activity: acquiring, refines: true },
    ['acquire'],
  ],
  [
    'measures the added points',
    running(acquiring, { remaining: 0, refines: true }),
    { type: 'acquired', atMs, next: cell, refined: { added: 2, note: 'Refined.' } },
    { activity: slewing, remaining: 2, refines: false, refineNote: 'Refined.' },
    ['slew'],
  ],
  [
    'parks when no points are added',
    running(acquiring, { remaining: 0, refines: true }),
    { type: 'acquired', atMs, next: undefined, refined: { added: 0, note: 'Nothing.' } },
    { activity: parking, remaining: 0, refines: false, refineNote: 'Nothing.' },
    ['park'],
  ],
];

test.each(cases)('a session to be refined %s', (...row) => expectTransition(row));

test('a failed acquisition after the points were stored does not lose them', () => {
  const state = running(acquiring, { remaining: 0, refines: true });
  const failed = transition(state, { ...examples.failed(), type: 'failed' });
  expect(failed?.state).toMatchObject({ status: 'running', refines: true, remaining: 0 });
});
