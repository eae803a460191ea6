import { describe, expect, test } from 'vitest';
import { FREE, leaseAfter, RELEASED, type Lease, type LeaseEvent, type LeaseStep } from './lease.ts';

const held: Lease = { kind: 'held', token: 7, holder: { name: 'session 4' }, heardMs: 1_000 };
const gone = { reason: 'the holder is gone', mayReacquire: true };
const silent = { reason: 'no heartbeat for 3 s', mayReacquire: true };
const moved = { reason: 'moved by another client', mayReacquire: false };

describe('a lease', () => {
  test.each([
    [
      'is given to whoever comes first',
      FREE,
      { kind: 'acquire', token: 7, holder: { name: 'session 4' }, nowMs: 1_000 },
      { lease: held, effects: [] },
    ],
    [
      'is not given twice',
      held,
      { kind: 'acquire', token: 8, holder: { name: 'session 5' }, nowMs: 1_001 },
      undefined,
    ],
    [
      'lives on heartbeats',
      held,
      { kind: 'heartbeat', token: 7, nowMs: 2_000 },
      { lease: { ...held, heardMs: 2_000 }, effects: [] },
    ],
    ['does not hear old holders', held, { kind: 'heartbeat', token: 6, nowMs: 2_000 }, undefined],
    [
      'is given back',
      held,
      { kind: 'release', token: 7 },
      { lease: FREE, effects: [{ kind: 'over', end: RELEASED }] },
    ],
    ['is not given back by an old holder', held, { kind: 'release', token: 6 }, undefined],
    [
      'ends with its holder, and the rotor stops',
      held,
      { kind: 'cut', token: 7 },
      {
        lease: FREE,
        effects: [
          { kind: 'over', end: gone },
          { kind: 'stop', reason: gone.reason },
        ],
      },
    ],
    ['does not end with an old holder', held, { kind: 'cut', token: 6 }, undefined],
    ['lasts 3 s without a heartbeat', held, { kind: 'tick', nowMs: 4_000 }, undefined],
    [
      'and no longer, and the rotor stops',
      held,
      { kind: 'tick', nowMs: 4_001 },
      {
        lease: FREE,
        effects: [
          { kind: 'over', end: silent },
          { kind: 'stop', reason: silent.reason },
        ],
      },
    ],
    [
      'can be taken away',
      held,
      { kind: 'revoke', end: moved },
      { lease: FREE, effects: [{ kind: 'over', end: moved }] },
    ],
    ['that is free has no heart', FREE, { kind: 'heartbeat', token: 7, nowMs: 1 }, undefined],
    ['that is free cannot be released', FREE, { kind: 'release', token: 7 }, undefined],
    ['that is free cannot be cut', FREE, { kind: 'cut', token: 7 }, undefined],
    ['that is free cannot time out', FREE, { kind: 'tick', nowMs: 1e9 }, undefined],
    ['that is free cannot be taken away', FREE, { kind: 'revoke', end: moved }, undefined],
  ] as [string, Lease, LeaseEvent, LeaseStep | undefined][])('%s', (_, lease, event, expected) => {
    expect(leaseAfter(lease, event)).toEqual(expected);
  });
});
