import { describe, expect, test } from 'vitest';
import { FREE, nextLease, RELEASED, type Lease, type LeaseEvent, type LeaseStep } from './lease.ts';

const held: Lease = { kind: 'held', token: 7, holder: { name: 'session 4' }, lastHeartbeatMs: 1_000 };
const heldByCall: Lease = { kind: 'held', token: -1, holder: { name: 'a manual move' } };
const disconnected = { reason: 'the holder disconnected', mayReacquire: true };
const silent = { reason: 'no heartbeat for 3 s', mayReacquire: true };
const moved = { reason: 'moved by another client', mayReacquire: false };

describe('a lease', () => {
  test.each([
    [
      'is granted while free',
      FREE,
      { kind: 'acquire', token: 7, holder: { name: 'session 4' }, nowMs: 1_000 },
      { lease: held, effects: [] },
    ],
    [
      'is granted to a call',
      FREE,
      { kind: 'acquire', token: -1, holder: { name: 'a manual move' } },
      { lease: heldByCall, effects: [] },
    ],
    ['of a call needs no heartbeats', heldByCall, { kind: 'tick', nowMs: 1e9 }, undefined],
    [
      'of a call ends with the call, and the rotor stops',
      heldByCall,
      { kind: 'disconnected', token: -1 },
      {
        lease: FREE,
        effects: [
          { kind: 'over', end: disconnected },
          { kind: 'stop', reason: disconnected.reason },
        ],
      },
    ],
    [
      'is not granted while held',
      held,
      { kind: 'acquire', token: 8, holder: { name: 'session 5' }, nowMs: 1_001 },
      undefined,
    ],
    [
      'is extended by a heartbeat',
      held,
      { kind: 'heartbeat', token: 7, nowMs: 2_000 },
      { lease: { ...held, lastHeartbeatMs: 2_000 }, effects: [] },
    ],
    ['ignores heartbeats of old holders', held, { kind: 'heartbeat', token: 6, nowMs: 2_000 }, undefined],
    [
      'ends on release',
      held,
      { kind: 'release', token: 7 },
      { lease: FREE, effects: [{ kind: 'over', end: RELEASED }] },
    ],
    ['is not released by an old holder', held, { kind: 'release', token: 6 }, undefined],
    [
      'ends when its holder disconnects, and the rotor stops',
      held,
      { kind: 'disconnected', token: 7 },
      {
        lease: FREE,
        effects: [
          { kind: 'over', end: disconnected },
          { kind: 'stop', reason: disconnected.reason },
        ],
      },
    ],
    ['does not end when an old holder disconnects', held, { kind: 'disconnected', token: 6 }, undefined],
    ['lasts 3 s without a heartbeat', held, { kind: 'tick', nowMs: 4_000 }, undefined],
    [
      'ends after 3 s without a heartbeat, and the rotor stops',
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
      'can be revoked',
      held,
      { kind: 'revoke', end: moved },
      { lease: FREE, effects: [{ kind: 'over', end: moved }] },
    ],
    ['that is free ignores heartbeats', FREE, { kind: 'heartbeat', token: 7, nowMs: 1 }, undefined],
    ['that is free cannot be released', FREE, { kind: 'release', token: 7 }, undefined],
    ['that is free ignores a disconnect', FREE, { kind: 'disconnected', token: 7 }, undefined],
    ['that is free cannot time out', FREE, { kind: 'tick', nowMs: 1e9 }, undefined],
    ['that is free cannot be revoked', FREE, { kind: 'revoke', end: moved }, undefined],
  ] as [string, Lease, LeaseEvent, LeaseStep | undefined][])('%s', (_, lease, event, expected) => {
    expect(nextLease(lease, event)).toEqual(expected);
  });
});
