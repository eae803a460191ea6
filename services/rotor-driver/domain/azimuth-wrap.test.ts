import { describe, expect, test } from 'vitest';
import {
  unwrappedAzimuthDeg,
  wrapAfterHiddenMove,
  wrapTowardsTarget,
  wrapOnTarget,
  nextWrap,
  restoredWrap,
  turnsInTravel,
  UNKNOWN_WRAP,
  type AzimuthWrap,
} from './azimuth-wrap.ts';

const axis = { travel: { azMinDeg: -180, azMaxDeg: 450 }, speedDegPerS: 6 };

/** Unwrapped azimuths of reported ones, read every `intervalMs`. */
function unwrapped(
  reported: number[],
  intervalMs = 200,
  from: AzimuthWrap = UNKNOWN_WRAP,
  on = axis,
): number[] {
  let wrap = from;
  return reported.map((reportedDeg, index) => {
    wrap = nextWrap(wrap, reportedDeg, index * intervalMs, on);
    return unwrappedAzimuthDeg(wrap);
  });
}

describe('unwrapped azimuths', () => {
  test.each([
    ['through north to the left', [3, 2, 1, 0, 359, 358, 350], [3, 2, 1, 0, -1, -2, -10]],
    ['through north and back', [1, 0, 359, 0, 1], [1, 0, -1, 0, 1]],
    ['through north to the right', [358, 359, 0, 1, 10], [358, 359, 360, 361, 370]],
    ['a controller that counts past 360', [358, 359, 360, 361, 370], [358, 359, 360, 361, 370]],
    ['a controller that counts below 0', [2, 0, -1, -10, -180], [2, 0, -1, -10, -180]],
    ['a controller that stops wrapping', [1, 0, 359, -1, -2], [1, 0, -1, -1, -2]],
    ['a controller that counts past 360 and starts again at 0', [370, 2, 3], [370, 2, 3]],
    ['a jump by other than a turn', [10, 200, 11], [10, 200, 11]],
    ['a turn outside the travel', [175, 185, 184], [175, 185, 184]],
  ])('%s', (_, reported, azimuths) => {
    expect(unwrapped(reported)).toEqual(azimuths);
  });

  test('a jump that the motor can have made since the last reading is accepted', () => {
    expect(unwrapped([10, 352], 20_000)).toEqual([10, 352]);
  });

  test('a jump of a controller that is known to wrap is a wrap', () => {
    expect(unwrapped([10, 352], 20_000, { turns: 0, wraps: true })).toEqual([10, -8]);
  });

  test('a first reading outside the travel is corrected by a turn, unless the controller counts past 360', () => {
    const south = { ...axis, travel: { azMinDeg: -180, azMaxDeg: 180 } };
    expect(unwrapped([350, 351], 200, UNKNOWN_WRAP, south)).toEqual([-10, -9]);
    expect(unwrapped([-200], 200, UNKNOWN_WRAP, south)).toEqual([-200]);
    expect(unwrapped([200], 200, UNKNOWN_WRAP, south)).toEqual([-160]);
  });
});

describe('a travel of 450 degrees', () => {
  const g5500 = { travel: { azMinDeg: 0, azMaxDeg: 450 }, speedDegPerS: 6 };
  const reads = (reportedDeg: number, from: AzimuthWrap) => nextWrap(from, reportedDeg, 60_000, g5500);
  const at410: AzimuthWrap = { turns: 1, wraps: true, known: true, last: { reportedDeg: 50, atMs: 0 } };

  test.each([
    ['turned by hand to 100, where only one turn fits, is at 100', 100, 100, true],
    ['that reports the same direction keeps its turn', 52, 412, true],
  ])('a rotator at 410 %s', (_, reportedDeg, azimuthDeg, known) => {
    const wrap = reads(reportedDeg, at410);
    expect(unwrappedAzimuthDeg(wrap)).toBe(azimuthDeg);
    expect(wrap.known).toBe(known);
  });

  test('the azimuth is always inside the travel', () => {
    for (const turns of [-2, -1, 0, 1, 2])
      for (const wraps of [true, false])
        for (let reportedDeg = 0; reportedDeg < 360; reportedDeg += 7) {
          const azimuthDeg = unwrappedAzimuthDeg(
            reads(reportedDeg, { turns, wraps, last: { reportedDeg: 50, atMs: 0 } }),
          );
          expect(azimuthDeg).toBeGreaterThanOrEqual(0);
          expect(azimuthDeg).toBeLessThanOrEqual(452);
        }
  });

  test('turnsInTravel returns the turns inside the travel', () => {
    expect(turnsInTravel(50, g5500)).toEqual([0, 1]);
    expect(turnsInTravel(100, g5500)).toEqual([0]);
  });

  test('a rotator of unknown turn that rests in the direction of its target is on target', () => {
    const wrap: AzimuthWrap = { turns: 1, wraps: true, known: false, last: { reportedDeg: 60, atMs: 0 } };
    expect(wrapOnTarget(wrap, 60, 1)).toMatchObject({ turns: 0 });
    expect(wrapOnTarget({ ...wrap, known: true }, 60, 1)).toBeUndefined();
  });
});

describe('after a restart', () => {
  test.each([
    ['at the saved azimuth', { azimuthDeg: -10 }, 350, -1],
    ['near the saved azimuth', { azimuthDeg: -10 }, 352, -1],
    ['on the way to its target', { azimuthDeg: -10, towardsDeg: -90 }, 300, -1],
    ['beyond a full turn', { azimuthDeg: 400 }, 41, 1],
    ['back in the first turn', { azimuthDeg: -10, towardsDeg: 20 }, 15, 0],
  ])('%s: the saved wrap is restored', (_, saved, reportedDeg, turns) => {
    expect(restoredWrap(saved, reportedDeg, axis)).toEqual({ turns, wraps: true, known: true });
  });

  test.each([
    ['in another direction', { azimuthDeg: -10 }, 200],
    ['outside the travel', { azimuthDeg: -300 }, 60],
    ['sent a whole turn: two turns are possible', { azimuthDeg: -10, towardsDeg: 380 }, 5],
  ])('%s: the wrap is unknown', (_, saved, reportedDeg) => {
    expect(restoredWrap(saved, reportedDeg, axis)).toBe(UNKNOWN_WRAP);
  });
});

describe('after a move that was not reported in motion', () => {
  const from = (azimuthDeg: number, wraps: boolean): AzimuthWrap => {
    const turns = Math.floor(azimuthDeg / 360);
    return { turns, wraps, known: true, last: { reportedDeg: azimuthDeg - 360 * turns, atMs: 0 } };
  };

  test.each([
    ['through north', 20, -20, 340, -1],
    ['more than half a turn', 10, 200, 200, 0],
    ['stopped on the way', -100, 100, 300, -1],
    ['beyond a full turn', 300, 400, 40, 1],
  ])('%s: the turn lies between start and target', (_, startDeg, targetDeg, reportedDeg, turns) => {
    for (const wraps of [true, false])
      expect(wrapAfterHiddenMove(from(startDeg, wraps), reportedDeg, targetDeg, axis)).toEqual({
        turns,
        wraps: wraps || turns !== Math.floor(startDeg / 360),
        known: true,
      });
  });

  test('outside the move, or with two possible turns: undefined', () => {
    expect(wrapAfterHiddenMove(from(50, true), 0, 100, axis)).toBeUndefined();
    expect(wrapAfterHiddenMove(from(-10, true), 5, 380, axis)).toBeUndefined();
  });
});

describe('a rotator that rests', () => {
  const at = (reportedDeg: number): AzimuthWrap => ({ ...UNKNOWN_WRAP, last: { reportedDeg, atMs: 0 } });

  test.each([
    [350, -10, -1],
    [349.5, -10, -1],
    [10, 370, 1],
  ])('and reports %d is on target at %d', (reportedDeg, targetDeg, turns) => {
    expect(wrapOnTarget(at(reportedDeg), targetDeg, 1)).toMatchObject({ turns, wraps: true });
  });

  test.each([
    ['is short of the target', 340, -10],
    ['can report the target', 10, 350],
    ['counts past 360', 361, 1],
    ['counts below 0', -10, 350],
  ])('is not on target if it %s', (_, reportedDeg, targetDeg) => {
    expect(wrapOnTarget(at(reportedDeg), targetDeg, 1)).toBeUndefined();
  });
});

describe('a rotator that moves away from its target', () => {
  const at = (reportedDeg: number): AzimuthWrap => ({ ...UNKNOWN_WRAP, last: { reportedDeg, atMs: 0 } });

  test.each([
    ['from -10, reported as 350, to 0', 350, 354, 0, -1],
    ['from 370, reported as 10, to 355', 10, 6, 355, 1],
  ])('%s moves towards it in another turn', (_, startDeg, reportedDeg, targetDeg, turns) => {
    expect(wrapTowardsTarget(at(reportedDeg), startDeg, targetDeg, axis.travel)).toMatchObject({
      turns,
      wraps: true,
    });
  });

  test.each([
    ['moves towards its target', 350, 340, 0],
    ['would take the longer direction', 10, 7, 50],
    ['would be outside the travel', 200, 205, 100],
    ['counts below 0', 5, -3, 300],
  ])('does not in any turn if it %s', (_, startDeg, reportedDeg, targetDeg) => {
    expect(wrapTowardsTarget(at(reportedDeg), startDeg, targetDeg, axis.travel)).toBeUndefined();
  });

  test('does not if its turn is known', () => {
    expect(wrapTowardsTarget({ ...at(354), wraps: true }, 350, 0, axis.travel)).toBeUndefined();
  });
});
