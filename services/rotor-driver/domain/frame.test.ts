import { describe, expect, test } from 'vitest';
import {
  azimuthIn,
  frameAfterHiddenMove,
  frameAhead,
  frameOnTarget,
  nextFrame,
  resumedFrame,
  turnsInTravel,
  UNKNOWN_FRAME,
  type Frame,
} from './frame.ts';

const mount = { travel: { azMinDeg: -180, azMaxDeg: 450 }, speedDegPerS: 6 };

/**
 * Azimuths in the frame of the cable for what a controller says, read every so many milliseconds.
 */
function unwrapped(said: number[], apartMs = 200, from: Frame = UNKNOWN_FRAME, on = mount): number[] {
  let frame = from;
  return said.map((saidDeg, index) => {
    frame = nextFrame(frame, saidDeg, index * apartMs, on);
    return azimuthIn(frame);
  });
}

describe('what a controller says, in the frame of the cable', () => {
  test.each([
    ['through north to the left', [3, 2, 1, 0, 359, 358, 350], [3, 2, 1, 0, -1, -2, -10]],
    ['through north and back', [1, 0, 359, 0, 1], [1, 0, -1, 0, 1]],
    ['through north to the right', [358, 359, 0, 1, 10], [358, 359, 360, 361, 370]],
    ['one that counts on', [358, 359, 360, 361, 370], [358, 359, 360, 361, 370]],
    ['one that counts below', [2, 0, -1, -10, -180], [2, 0, -1, -10, -180]],
    ['one that wraps no more', [1, 0, 359, -1, -2], [1, 0, -1, -1, -2]],
    ['one that counts on and begins anew', [370, 2, 3], [370, 2, 3]],
    ['a jump that is none of a turn', [10, 200, 11], [10, 200, 11]],
    ['a turn that the travel has no room for', [175, 185, 184], [175, 185, 184]],
  ])('%s', (_, said, azimuths) => {
    expect(unwrapped(said)).toEqual(azimuths);
  });

  test('a rotator that was out of sight for long enough may have gone round: it is believed', () => {
    expect(unwrapped([10, 352], 20_000)).toEqual([10, 352]);
  });

  test('one whose controller is known to wrap has not', () => {
    expect(unwrapped([10, 352], 20_000, { turns: 0, wraps: true })).toEqual([10, -8]);
  });

  test('a first reading outside the travel is a turn off, unless it shows that its controller counts on', () => {
    const south = { ...mount, travel: { azMinDeg: -180, azMaxDeg: 180 } };
    expect(unwrapped([350, 351], 200, UNKNOWN_FRAME, south)).toEqual([-10, -9]);
    expect(unwrapped([-200], 200, UNKNOWN_FRAME, south)).toEqual([-200]);
    expect(unwrapped([200], 200, UNKNOWN_FRAME, south)).toEqual([-160]);
  });
});

describe('a travel of 450 degrees', () => {
  const g5500 = { travel: { azMinDeg: 0, azMaxDeg: 450 }, speedDegPerS: 6 };
  const reads = (saidDeg: number, from: Frame) => nextFrame(from, saidDeg, 60_000, g5500);
  const at410: Frame = { turns: 1, wraps: true, known: true, last: { saidDeg: 50, atMs: 0 } };

  test.each([
    ['turned by hand to 100, where only one turn fits, is not at 460', 100, 100, true],
    ['that is where it was keeps its turn', 52, 412, true],
  ])('a rotator at 410 %s', (_, saidDeg, azimuthDeg, known) => {
    const frame = reads(saidDeg, at410);
    expect(azimuthIn(frame)).toBe(azimuthDeg);
    expect(frame.known).toBe(known);
  });

  test('no turn outside the travel is ever taken, whatever was known', () => {
    for (const turns of [-2, -1, 0, 1, 2])
      for (const wraps of [true, false])
        for (let saidDeg = 0; saidDeg < 360; saidDeg += 7) {
          const azimuthDeg = azimuthIn(reads(saidDeg, { turns, wraps, last: { saidDeg: 50, atMs: 0 } }));
          expect(azimuthDeg).toBeGreaterThanOrEqual(0);
          expect(azimuthDeg).toBeLessThanOrEqual(452);
        }
  });

  test('the turns that fit', () => {
    expect(turnsInTravel(50, g5500)).toEqual([0, 1]);
    expect(turnsInTravel(100, g5500)).toEqual([0]);
  });

  test('a rotator of unknown turn that rests on its target is on target, in whichever turn', () => {
    const frame: Frame = { turns: 1, wraps: true, known: false, last: { saidDeg: 60, atMs: 0 } };
    expect(frameOnTarget(frame, 60, 1)).toMatchObject({ turns: 0 });
    expect(frameOnTarget({ ...frame, known: true }, 60, 1)).toBeUndefined();
  });
});

describe('after a restart', () => {
  test.each([
    ['where it was', { azimuthDeg: -10 }, 350, -1],
    ['a little off', { azimuthDeg: -10 }, 352, -1],
    ['on its way', { azimuthDeg: -10, towardsDeg: -90 }, 300, -1],
    ['beyond a full turn', { azimuthDeg: 400 }, 41, 1],
    ['back in the first turn', { azimuthDeg: -10, towardsDeg: 20 }, 15, 0],
  ])('%s: the frame is known', (_, kept, saidDeg, turns) => {
    expect(resumedFrame(kept, saidDeg, mount)).toEqual({ turns, wraps: true, known: true });
  });

  test.each([
    ['somewhere else', { azimuthDeg: -10 }, 200],
    ['outside the travel', { azimuthDeg: -300 }, 60],
    ['sent all around: it may be either', { azimuthDeg: -10, towardsDeg: 380 }, 5],
  ])('%s: it is not', (_, kept, saidDeg) => {
    expect(resumedFrame(kept, saidDeg, mount)).toBe(UNKNOWN_FRAME);
  });
});

describe('after a move that did not show', () => {
  const from = (azimuthDeg: number, wraps: boolean): Frame => {
    const turns = Math.floor(azimuthDeg / 360);
    return { turns, wraps, known: true, last: { saidDeg: azimuthDeg - 360 * turns, atMs: 0 } };
  };

  test.each([
    ['through north', 20, -20, 340, -1],
    ['more than half a turn', 10, 200, 200, 0],
    ['stopped on the way', -100, 100, 300, -1],
    ['beyond a full turn', 300, 400, 40, 1],
  ])('%s: the turn lies between start and target', (_, startDeg, targetDeg, saidDeg, turns) => {
    for (const wraps of [true, false])
      expect(frameAfterHiddenMove(from(startDeg, wraps), saidDeg, targetDeg, mount)).toEqual({
        turns,
        wraps: wraps || turns !== Math.floor(startDeg / 360),
        known: true,
      });
  });

  test('elsewhere, or in one of two turns: nothing is said', () => {
    expect(frameAfterHiddenMove(from(50, true), 0, 100, mount)).toBeUndefined();
    expect(frameAfterHiddenMove(from(-10, true), 5, 380, mount)).toBeUndefined();
  });
});

describe('a rotator that does not move any further', () => {
  const at = (saidDeg: number): Frame => ({ ...UNKNOWN_FRAME, last: { saidDeg, atMs: 0 } });

  test.each([
    [350, -10, -1],
    [349.5, -10, -1],
    [10, 370, 1],
  ])('saying %d is on target at %d', (saidDeg, targetDeg, turns) => {
    expect(frameOnTarget(at(saidDeg), targetDeg, 1)).toMatchObject({ turns, wraps: true });
  });

  test.each([
    ['is short of it', 340, -10],
    ['can say the target', 10, 350],
    ['counts on', 361, 1],
    ['counts below', -10, 350],
  ])('is not when it %s', (_, saidDeg, targetDeg) => {
    expect(frameOnTarget(at(saidDeg), targetDeg, 1)).toBeUndefined();
  });
});

describe('a rotator that runs the wrong way', () => {
  const at = (saidDeg: number): Frame => ({ ...UNKNOWN_FRAME, last: { saidDeg, atMs: 0 } });

  test.each([
    ['from -10, which it calls 350, to 0', 350, 354, 0, -1],
    ['from 370, which it calls 10, to 355', 10, 6, 355, 1],
  ])('%s runs the right one', (_, startDeg, saidDeg, targetDeg, turns) => {
    expect(frameAhead(at(saidDeg), startDeg, targetDeg, mount.travel)).toMatchObject({ turns, wraps: true });
  });

  test.each([
    ['goes where it was sent', 350, 340, 0],
    ['would have the longer way', 10, 7, 50],
    ['would be outside the travel', 200, 205, 100],
    ['counts below', 5, -3, 300],
  ])('does not when it %s', (_, startDeg, saidDeg, targetDeg) => {
    expect(frameAhead(at(saidDeg), startDeg, targetDeg, mount.travel)).toBeUndefined();
  });

  test('does not when its cable is known', () => {
    expect(frameAhead({ ...at(354), wraps: true }, 350, 0, mount.travel)).toBeUndefined();
  });
});
