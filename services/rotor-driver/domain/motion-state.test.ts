import { expect, test } from 'vitest';
import type { Pointing } from '#shared/sky/pointing';
import {
  knownResolutionDeg,
  nextMotionState,
  NEVER_READ,
  readbackNoiseDeg,
  type MotionEvent,
  type MotionState,
} from './motion-state.ts';

const HERE = { azimuthDeg: 10, elevationDeg: 20 };
const THERE = { azimuthDeg: 50, elevationDeg: 20 };

const read = (pointing: Pointing, atMs: number, connection = 1): MotionEvent => ({
  kind: 'read',
  answer: { pointing, atMs, unixMs: atMs, roundTripMs: 7, connection },
});
const after = (...events: MotionEvent[]): MotionState => events.reduce(nextMotionState, NEVER_READ);
const departs: MotionEvent = { kind: 'departs', from: HERE, target: THERE };
const arrived: MotionEvent = { kind: 'arrived', setpoint: THERE };
const restOnly = { from: HERE, to: THERE, stillSeconds: 4 };

test.each<[string, MotionEvent[], Partial<MotionState>]>([
  ['the initial state', [], { latest: undefined, stepDeg: 1, roundTripMs: 0 }],
  [
    'a command sets the target and clears the last setpoint',
    [arrived, departs],
    { towards: THERE, restSetpoint: undefined, unseenFrom: HERE },
  ],
  [
    'a refused command restores unseenFrom',
    [departs, { kind: 'refused', unseenFrom: undefined }],
    { unseenFrom: undefined },
  ],
  [
    'rest clears the target and unseenFrom',
    [departs, { kind: 'rests' }],
    { towards: undefined, unseenFrom: undefined },
  ],
  [
    'a stop keeps unseenFrom: the rotor may still move',
    [departs, { kind: 'heading', target: undefined }],
    { towards: undefined, unseenFrom: HERE },
  ],
  ['a move ends on its setpoint', [departs, { kind: 'rests' }, arrived], { restSetpoint: THERE }],
  [
    'a command sets the setpoint',
    [{ kind: 'setpoint', setpoint: THERE }],
    { setpoint: THERE, towards: undefined },
  ],
  ['the readback mode is learnt', [{ kind: 'readback-mode', restOnly }], { restOnly }],
  [
    'the readback mode is cleared once motion is reported',
    [
      { kind: 'readback-mode', restOnly },
      { kind: 'readback-mode', restOnly: undefined },
    ],
    { restOnly: undefined },
  ],
  ['an unchanged readback keeps unseenFrom', [departs, read(HERE, 0)], { unseenFrom: HERE, roundTripMs: 7 }],
  [
    'a changed readback clears unseenFrom',
    [departs, read({ ...HERE, azimuthDeg: 15 }, 0)],
    { unseenFrom: undefined },
  ],
  ['a finer readback makes the step finer', [read({ ...HERE, azimuthDeg: 10.5 }, 0)], { stepDeg: 0.5 }],
  ['changes are counted', [read(HERE, 0), read(HERE, 1), read(THERE, 2)], { changes: 1 }],
  [
    'a correction by a turn is not a change',
    [read(HERE, 0), { kind: 'turn-corrected', azimuthDeg: 370 }],
    { changes: 0 },
  ],
  [
    'a change over a reconnect is recorded',
    [read(HERE, 0), read(THERE, 60_000, 2)],
    { reconnectChange: { before: HERE, after: THERE, seconds: 60 } },
  ],
  [
    'a change over a reconnect during a move is not recorded',
    [read(HERE, 0), departs, read(THERE, 60_000, 2)],
    { reconnectChange: undefined },
  ],
  [
    'the next reconnect clears the change',
    [read(HERE, 0), read(THERE, 60_000, 2), read(THERE, 90_000, 3)],
    { reconnectChange: undefined },
  ],
])('%s', (_name, events, expected) => {
  expect(after(...events)).toMatchObject(expected);
});

test.each<[string, MotionEvent[], boolean]>([
  ['a first readback', [read(HERE, 0)], false],
  ['an unchanged readback during a move', [departs, read(HERE, 0)], true],
  ['a change within 3 s', [read(HERE, 0), read(THERE, 2_000)], true],
  ['a change over a longer time', [read(HERE, 0), read(THERE, 4_000)], false],
  ['the noise of a sensor', [read(HERE, 0), read({ ...HERE, azimuthDeg: 10.02 }, 1_000)], false],
])('moving: %s', (_name, events, moving) => {
  expect(after(...events).latest?.moving).toBe(moving);
});

test('a correction by a turn changes the azimuth only', () => {
  const { latest } = after(read(HERE, 5), { kind: 'turn-corrected', azimuthDeg: 370 });
  expect(latest).toMatchObject({ pointing: { azimuthDeg: 370, elevationDeg: 20 }, atMs: 5 });
  expect(after({ kind: 'turn-corrected', azimuthDeg: 370 }).latest).toBeUndefined();
});

test('noise is learnt at rest, not across a move', () => {
  const shaking = [0, 0.3, -0.2, 0.1, 0, 0.3, -0.2, 0.1, 0, 0.3, -0.2, 0.1].map((offDeg, k) =>
    read({ azimuthDeg: 10 + offDeg, elevationDeg: 20 }, 100 * k),
  );
  expect(readbackNoiseDeg(after(...shaking))).toBeGreaterThan(0.05);
  expect(readbackNoiseDeg(after(departs, ...shaking))).toBe(0);
  expect(after(...shaking, departs).noise.last).toEqual([]);
});

test('whole degrees count as the step after three changes', () => {
  const turns = [10, 11, 12, 13].map((azimuthDeg, k) => read({ azimuthDeg, elevationDeg: 20 }, k));
  expect(knownResolutionDeg(after(...turns.slice(0, 3)))).toBeUndefined();
  expect(knownResolutionDeg(after(...turns))).toBe(1);
});

test('transitions do not modify their input', () => {
  const frozen = Object.freeze(after(read(HERE, 0), departs));
  const events: MotionEvent[] = [
    read(THERE, 1),
    { kind: 'lateness', ms: 5 },
    arrived,
    { kind: 'turn-corrected', azimuthDeg: 1 },
  ];
  for (const event of events) expect(() => nextMotionState(frozen, event)).not.toThrow();
});
