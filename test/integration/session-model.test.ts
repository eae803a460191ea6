import { describe, expect, test } from 'vitest';
import { explain, type Action, type HistoryEvent, type Outcome } from '../support/session-model.ts';

const ask = (request: number, action: Action): HistoryEvent => ({ type: 'requested', request, action });
const answer = (request: number, outcome: Outcome): HistoryEvent => ({ type: 'answered', request, outcome });
const call = (request: number, action: Action, outcome: Outcome) => [
  ask(request, action),
  answer(request, outcome),
];
const equalRequests = (action: Action, ...outcomes: Outcome[]) => [
  ...outcomes.map((_, request) => ask(request, action)),
  ...outcomes.map((outcome, request) => answer(request, outcome)),
];

describe('the model of a session', () => {
  test.each<[string, HistoryEvent[]]>([
    ['a pause and a resume', [...call(1, 'pause', 'done'), ...call(2, 'resume', 'done')]],
    ['one of two equal requests succeeds', equalRequests('pause', 'done', { refusedIn: 'pausing' })],
    ['the other equal request may be late', equalRequests('pause', 'done', { refusedIn: 'paused' })],
    ['one of two cancels succeeds', equalRequests('cancel', { refusedIn: 'cancelled' }, 'done')],
    [
      'two pauses with a resume between',
      [ask(9, 'resume'), ...equalRequests('pause', 'done', 'done'), answer(9, 'done')],
    ],
    ['a rotor that is stopped', [{ type: 'rotor_stopped' }, ...call(1, 'resume', 'done')]],
    ['a lost response', [...call(1, 'pause', 'unknown'), ...call(2, 'resume', 'done')]],
  ])('allows %s', (_, events) => {
    expect(explain(events).impossible).toBeUndefined();
  });

  test.each<[string, HistoryEvent[]]>([
    ['two successes of equal requests', equalRequests('pause', 'done', 'done')],
    [
      'no success of equal requests',
      equalRequests('cancel', { refusedIn: 'cancelling' }, { refusedIn: 'cancelling' }),
    ],
    ['a refusal in the required status', call(1, 'pause', { refusedIn: 'running' })],
    ['a refused cancel of a running session', call(1, 'cancel', { refusedIn: 'running' })],
    ['a resume without a pause', call(1, 'resume', 'done')],
    ['a resume after the end', [...call(1, 'cancel', 'done'), ...call(2, 'resume', 'done')]],
    [
      'a refusal in an earlier status',
      [...call(1, 'pause', 'done'), ...call(2, 'pause', { refusedIn: 'pending' })],
    ],
    [
      'a lost request that takes effect after it has settled',
      [
        ...call(1, 'cancel', 'unknown'),
        { type: 'settled' },
        ...call(2, 'pause', 'done'),
        ...call(3, 'pause', { refusedIn: 'cancelled' }),
      ],
    ],
    [
      'a request that never arrived but took effect',
      [...call(1, 'pause', 'not_done'), ...call(2, 'resume', 'done')],
    ],
  ])('does not allow %s', (_, events) => {
    expect(explain(events).impossible).toBeDefined();
  });

  test('returns the possible final statuses', () => {
    expect(explain(call(1, 'cancel', 'done')).ends).toEqual(new Set(['cancelling', 'cancelled']));
  });
});
