import { expect, test } from 'vitest';
import { foreignMoves } from './foreign-moves.ts';

const move = (azimuthDeg: number) => ({
  atUnixMs: 1,
  connection: 1,
  target: { azimuthDeg, elevationDeg: 20 },
  line: `P ${azimuthDeg} 20`,
});
const stop = { atUnixMs: 1, connection: 1, target: undefined, line: 'S' };
const hill = { site: 'hill', sector: { azStartDeg: 0, azEndDeg: 45 } };
const valley = { site: 'valley', sector: { azStartDeg: 180, azEndDeg: 225 } };

test('each rotor may move in the sector of its own site, and stop', () => {
  const commands = [move(0), move(45), stop];
  expect(
    foreignMoves([
      { ...hill, commands },
      { ...valley, commands: [move(180)] },
    ]),
  ).toEqual([]);
});

test.each([180, 200, 225, -180, 540])('a move to %d in the sector of another site is found', (azimuthDeg) => {
  const sites = [
    { ...hill, commands: [move(0), move(azimuthDeg)] },
    { ...valley, commands: [move(180)] },
  ];
  expect(foreignMoves(sites)).toEqual([
    `the rotor of hill received 'P ${azimuthDeg} 20', which is a move of valley`,
  ]);
});
