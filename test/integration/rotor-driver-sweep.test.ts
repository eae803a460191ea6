import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RotorPosition } from '#proto/rotor_driver';
import { startObservatory, type TestObservatory } from '../support/observatory.ts';
import { at, holdRotor, startTestDriver, testRotor, type TestDriver } from '../support/rotctld-driver.ts';

// Slews on which something is measured, against the simulated rotctld.

const SPEED_DEG_PER_S = 20;
let observatory: TestObservatory;
let driver: TestDriver;

beforeAll(async () => {
  observatory = await startObservatory({
    SIM_AZ_SPEED_DEG_S: String(SPEED_DEG_PER_S),
    SIM_RESOLUTION_DEG: '0.01',
  });
  driver = await startTestDriver();
});

afterAll(async () => {
  await driver.close();
  await observatory.close();
});

test('a sweep streams every readback, each with the time when it was true', async () => {
  const axis = { speedDegPerS: SPEED_DEG_PER_S, accelerationDegPerS2: 1_000 };
  const rotor = testRotor(observatory.rotctldPort, { azimuth: axis, elevation: axis, settleMs: 600_000 });
  const hold = await holdRotor(driver.client, rotor);
  const { steadyMs: before } = await driver.client.readClock({});
  const positions: RotorPosition[] = [];
  let readback: RotorPosition | undefined;
  // Nobody waits ten minutes for the mount to settle.
  for await (const { event } of driver.client.slew({
    rotorId: 1,
    token: hold.token,
    target: at(30),
    sweep: true,
  })) {
    if (event?.$case === 'progress') positions.push(event.value);
    if (event?.$case === 'settled') readback = event.value.readback;
  }
  const { steadyMs: after } = await driver.client.readClock({});
  expect(readback?.pointing?.azimuthDeg).toBeCloseTo(30, 0);
  // 1.5 s, polled every 8 ms where nothing else keeps the machine busy.
  expect(positions.length).toBeGreaterThan(20);
  const samples = positions.map(({ pointing, steadyMs }) => ({
    deg: pointing?.azimuthDeg ?? NaN,
    ms: steadyMs ?? NaN,
  }));
  expect(samples.every(({ ms }) => ms > before && ms < after)).toBe(true);
  const cruise = samples.filter(({ deg }) => deg > 2 && deg < 28);
  const [first, ...others] = cruise;
  for (const { deg, ms } of others)
    expect(
      Math.abs(deg - (first?.deg ?? NaN) - (SPEED_DEG_PER_S * (ms - (first?.ms ?? NaN))) / 1000),
    ).toBeLessThan(0.5);
  hold.release();
  await hold.ended;
});

test('an arrival is announced with the moment when the mount has settled, and not before the rotor rests', async () => {
  const axis = { speedDegPerS: SPEED_DEG_PER_S, accelerationDegPerS2: 1_000 };
  const rotor = testRotor(observatory.rotctldPort, { azimuth: axis, elevation: axis, settleMs: 300 });
  const hold = await holdRotor(driver.client, rotor);
  const arrive = async (deg: number, announce: boolean) => {
    const { token } = hold;
    for await (const { event } of driver.client.slew({ rotorId: 1, token, target: at(deg), announce })) {
      if (event?.$case !== 'settled') continue;
      const { steadyMs: toldMs } = await driver.client.readClock({});
      const { readback, settledAtSteadyMs } = event.value;
      return {
        deg: readback?.pointing?.azimuthDeg,
        readMs: readback?.steadyMs ?? NaN,
        settledAtSteadyMs,
        toldMs,
      };
    }
    throw new Error('no end');
  };
  const waited = await arrive(35, false);
  expect(waited.toldMs).toBeGreaterThanOrEqual(waited.settledAtSteadyMs);
  const announced = await arrive(40, true);
  expect(announced.deg).toBeCloseTo(40, 0);
  // The last reading is at most 15 ms older than the moment, or three round trips.
  expect(announced.settledAtSteadyMs - announced.readMs).toBeLessThan(200);
  hold.release();
  await hold.ended;
});
