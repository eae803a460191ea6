import { describe, expect, test } from 'vitest';
import type { Holder } from '../domain/lease.ts';
import { MOVE_HOLDER, PARK_HOLDER } from './manual-move.ts';
import { CLOSING, createRotorAccess, type RotorAccess } from './rotor-access.ts';
import { CHARACTERISE_HOLDER } from './rotor-parts.ts';

const SESSION: Holder = { name: 'session 4', sessionId: 4 };
const MOVING_MANUALLY = { kind: 'busy', message: 'the rotor is executing a manual move' };
const heldBy = (name: string) => ({ kind: 'busy', message: `the rotor is held by ${name}` });

function accessTo(holder: Holder | undefined, isMoving: boolean): RotorAccess {
  const restrictions = { suspended: () => undefined, sunFor: () => undefined };
  return createRotorAccess({ restrictions, holder: () => holder, isMoving: () => isMoving });
}

/** The error of a check; undefined if it passes. */
function refusal(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('access to the rotor', () => {
  test.each<[string, Holder | undefined, boolean, object | undefined, object | undefined]>([
    // holder, moving, refusal of a manual move, refusal of a session
    ['at rest', undefined, false, undefined, undefined],
    ['at the end of a manual move', undefined, true, undefined, MOVING_MANUALLY],
    ['before the start of a manual move', MOVE_HOLDER, false, undefined, MOVING_MANUALLY],
    ['during a manual move', MOVE_HOLDER, true, undefined, MOVING_MANUALLY],
    ['before a park', PARK_HOLDER, false, undefined, MOVING_MANUALLY],
    ['during a park', PARK_HOLDER, true, undefined, MOVING_MANUALLY],
    ['held by a session', SESSION, false, heldBy('session 4'), heldBy('session 4')],
    ['moved by a session', SESSION, true, heldBy('session 4'), heldBy('session 4')],
    ['characterised', CHARACTERISE_HOLDER, true, heldBy('characterise'), heldBy('characterise')],
    // The name of a client is not a proof.
    [
      'held by a client of that name',
      { name: 'a manual move' },
      false,
      heldBy('a manual move'),
      heldBy('a manual move'),
    ],
  ])('%s', (_, holder, isMoving, manual, session) => {
    const access = accessTo(holder, isMoving);
    const expectRefusal = (check: () => void, expected: object | undefined) =>
      expected ? expect(refusal(check)).toMatchObject(expected) : expect(refusal(check)).toBeUndefined();
    expectRefusal(() => access.checkManual(), manual);
    expectRefusal(() => access.checkFree(), session);
    access.close();
    const closed = { kind: 'unavailable', message: CLOSING };
    expectRefusal(() => access.checkManual(), closed);
    expectRefusal(() => access.checkFree(), closed);
  });

  test('a refusal names the session that holds the rotor', () => {
    expect(refusal(() => accessTo(SESSION, false).checkManual())).toMatchObject({
      details: { sessionId: 4 },
    });
  });
});
