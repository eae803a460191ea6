import { expect, test } from 'vitest';
import { remarksOn } from './remarks.ts';

const limits = (azMinDeg: number, azMaxDeg: number, elMinDeg = 0, elMaxDeg = 90) => ({
  azMinDeg,
  azMaxDeg,
  elMinDeg,
  elMaxDeg,
});
const rotor = { limits: limits(-180, 450, 5, 90) };
const at = (azimuthDeg: number, elevationDeg: number) => ({ azimuthDeg, elevationDeg });

test('a rotator inside its limits gets no remark', () => {
  expect(remarksOn(rotor, { position: at(10, 20), reported: limits(-180, 450), southZero: false })).toEqual(
    [],
  );
  expect(remarksOn(rotor, { position: at(10, 4), reported: undefined, southZero: false })).toEqual([]);
});

// The dummy of rotctld -O 10 at its lower stop.
test('a readback outside the reported limits gets a remark, unless trust_limits is false', () => {
  const facts = { position: at(0, -10), reported: limits(-180, 450, 10, 100), southZero: false };
  const wide = { limits: limits(-180, 450, -10, 80) };
  expect(remarksOn(wide, facts)).toEqual([
    expect.stringContaining(
      'outside the limits that rotctld reports (azimuth -180..450 deg, elevation 10..100 deg)',
    ),
  ]);
  expect(remarksOn({ ...wide, trustLimits: false }, facts)).toEqual([]);
});

test('a controller that reports azimuths west of north as negative gets a remark', () => {
  const north = { limits: limits(0, 360) };
  expect(remarksOn(north, { position: at(-30, 10), reported: undefined, southZero: false })).toEqual([
    expect.stringContaining('Set az_min to -180 and az_max to 180'),
  ]);
});

test('a controller that reports its position only at rest gets a remark with the evidence', () => {
  const restOnly = { from: at(0, 10), to: at(20, 10), stillSeconds: 3.26 };
  const facts = { position: at(20, 10), reported: undefined, southZero: false, restOnly };
  expect(remarksOn(rotor, facts)).toEqual([
    expect.stringMatching(
      /^its position is reported only at rest: it stayed at az 0 el 10 for 3\.3 s on a move, and then was az 20 el 10; likely causes: .*Measure the speeds/,
    ),
  ]);
});

test('a change over a reconnect gets a remark with both positions, causes and action', () => {
  const reconnectChange = { before: at(40, 30), after: at(0, 0), seconds: 75.31 };
  const facts = { position: at(0, 5), reported: undefined, southZero: false, reconnectChange };
  expect(remarksOn(rotor, facts)).toEqual([
    expect.stringMatching(
      /^its position changed without a command .* while rotctld was not connected: az 40 el 30 before, az 0 el 0 75\.3 s later; likely causes: a server that moves its mount home when a client disconnects, .* Switch the homing off/,
    ),
  ]);
});
