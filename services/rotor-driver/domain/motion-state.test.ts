import { expect, test } from 'vitest';
import type { Pointing } from '#shared/sky/pointing';
import {
  knownResolutionDeg,
  motionAfter,
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
const after = (...events: MotionEvent[]): MotionState => events.reduce(motionAfter, NEVER_READ);
const departs: MotionEvent = { kind: 'departs', from: HERE, target: THERE };
const arrived: MotionEvent = { kind: 'arrived', setpoint: THERE };
const restOnly = { from: HERE, to: THERE, stillSeconds: 4 };

test.each<[string, MotionEvent[], Partial<MotionState>]>([
  ['nothing is known of a rotor that was never read', [], { latest: undefined, stepDeg: 1, roundTripMs: 0 }],
  [
    'a command leads away from the last setpoint, unseen',
    [arrived, departs],
    { towards: THERE, restsOn: undefined, unseenFrom: HERE },
  ],
  [
    'a refused command moves nothing',
    [departs, { kind: 'refused', unseenFrom: undefined }],
    { unseenFrom: undefined },
  ],
  ['a rotor that rests is seen', [departs, { kind: 'rests' }], { towards: undefined, unseenFrom: undefined }],
  [
    'a stop leaves a rotor unseen that may still move',
    [departs, { kind: 'heads', target: undefined }],
    { towards: undefined, unseenFrom: HERE },
  ],
  ['a move ends on its setpoint', [departs, { kind: 'rests' }, arrived], { restsOn: THERE }],
  ['it was told to be there', [{ kind: 'told', setpoint: THERE }], { setpoint: THERE, towards: undefined }],
  ['its report is learnt', [{ kind: 'reports', restOnly }], { restOnly }],
  [
    'and forgotten once it shows its motion',
    [
      { kind: 'reports', restOnly },
      { kind: 'reports', restOnly: undefined },
    ],
    { restOnly: undefined },
  ],
  ['the same readback leaves it unseen', [departs, read(HERE, 0)], { unseenFrom: HERE, roundTripMs: 7 }],
  ['another one shows it', [departs, read({ ...HERE, azimuthDeg: 15 }, 0)], { unseenFrom: undefined }],
  ['a finer readback is a finer step', [read({ ...HERE, azimuthDeg: 10.5 }, 0)], { stepDeg: 0.5 }],
  ['changes are counted', [read(HERE, 0), read(HERE, 1), read(THERE, 2)], { changes: 1 }],
  [
    'a readback a turn off is corrected',
    [read(HERE, 0), { kind: 'turned', azimuthDeg: 370 }],
    { changes: 0 },
  ],
  [
    'what changed over a reconnect is kept',
    [read(HERE, 0), read(THERE, 60_000, 2)],
    { awayChange: { before: HERE, after: THERE, seconds: 60 } },
  ],
  ['unless it was on its way', [read(HERE, 0), departs, read(THERE, 60_000, 2)], { awayChange: undefined }],
  [
    'the next connection forgets it',
    [read(HERE, 0), read(THERE, 60_000, 2), read(THERE, 90_000, 3)],
    { awayChange: undefined },
  ],
])('%s', (_name, events, expected) => {
  expect(after(...events)).toMatchObject(expected);
});

test.each<[string, MotionEvent[], boolean]>([
  ['a first readback', [read(HERE, 0)], false],
  ['a readback under way, even the same', [departs, read(HERE, 0)], true],
  ['a change within 3 s', [read(HERE, 0), read(THERE, 2_000)], true],
  ['a change over a longer time', [read(HERE, 0), read(THERE, 4_000)], false],
  ['the noise of a sensor', [read(HERE, 0), read({ ...HERE, azimuthDeg: 10.02 }, 1_000)], false],
])('whether it moves: %s', (_name, events, moving) => {
  expect(after(...events).latest?.moving).toBe(moving);
});

test('a corrected readback keeps everything but its azimuth', () => {
  const { latest } = after(read(HERE, 5), { kind: 'turned', azimuthDeg: 370 });
  expect(latest).toMatchObject({ pointing: { azimuthDeg: 370, elevationDeg: 20 }, atMs: 5 });
  expect(after({ kind: 'turned', azimuthDeg: 370 }).latest).toBeUndefined();
});

test('noise is learnt at rest and never across a move', () => {
  const shaking = [0, 0.3, -0.2, 0.1, 0, 0.3, -0.2, 0.1, 0, 0.3, -0.2, 0.1].map((offDeg, k) =>
    read({ azimuthDeg: 10 + offDeg, elevationDeg: 20 }, 100 * k),
  );
  expect(readbackNoiseDeg(after(...shaking))).toBeGreaterThan(0.05);
  expect(readbackNoiseDeg(after(departs, ...shaking))).toBe(0);
  expect(after(...shaking, departs).noise.last).toEqual([]);
});

test('whole degrees are a step only after some changes', () => {
  const turns = [10, 11, 12, 13].map((azimuthDeg, k) => read({ azimuthDeg, elevationDeg: 20 }, k));
  expect(knownResolutionDeg(after(...turns.slice(0, 3)))).toBeUndefined();
  expect(knownResolutionDeg(after(...turns))).toBe(1);
});

test('no transition changes the state it was given', () => {
  const frozen = Object.freeze(after(read(HERE, 0), departs));
  const events: MotionEvent[] = [
    read(THERE, 1),
    { kind: 'late', ms: 5 },
    arrived,
    { kind: 'turned', azimuthDeg: 1 },
  ];
  for (const event of events) expect(() => motionAfter(frozen, event)).not.toThrow();
});
