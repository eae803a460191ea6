import { describe, expect } from 'vitest';
import { driverTest, type DriverWorld } from '../support/driver-world.ts';
import { at } from '../support/rotctld-driver.ts';
import { hamlibScript, type FakeRotator } from '../support/rotctld-scripted.ts';

// A controller like a GS-232: it reports whole degrees from 0 to 359, and its travel continues
// below north.
// The rotator must be read within a second of passing north.

const controllerTest = (degPerS: number) =>
  driverTest({ degPerS, script: (rotator) => hamlibScript(withWrappedReadback(rotator)) });

const shown = async (world: DriverWorld) =>
  (await world.client.getPosition({ rotor: world.rotor() })).position?.pointing?.azimuthDeg;

describe.concurrent('rotor-driver and a controller that reports 350 for -10', () => {
  const test = controllerTest(20);

  test('slews to -10 and back', async ({ world }) => {
    const hold = await world.hold();
    const { readback, progress } = await world.slew(hold, at(-10));
    expect(readback).toEqual(at(-10));
    expect(progress.every(({ azimuthDeg }) => azimuthDeg <= 0 && azimuthDeg >= -10)).toBe(true);
    expect((await world.slew(hold, at(3))).readback).toEqual(at(3));
    expect(world.azimuthDeg).toBeCloseTo(3, 5);
  });

  test('the cable turn survives a restart', async ({ world }) => {
    const hold = await world.hold();
    await world.slew(hold, at(-10));
    await world.restartDriver();
    expect(await shown(world)).toBe(-10);
    const next = await world.hold();
    expect((await world.slew(next, at(4))).readback).toEqual(at(4));
  });

  test('a stored turn is discarded if the rotor points elsewhere', async ({ world }) => {
    const hold = await world.hold();
    await world.slew(hold, at(-10));
    await world.driver.close();
    world.server.script = hamlibScript({ ...world.rotator, read: () => [200, 0] });
    await world.startDriver();
    expect(await shown(world)).toBe(200);
  });

  test('one at -10 with an unknown turn does not run away when it moves to 0', async ({ world }) => {
    await world.moveByHand(-20);
    const hold = await world.hold();
    expect(await shown(world)).toBe(340);
    expect((await world.slew(hold, at(0))).readback).toEqual(at(0));
    expect((await world.slew(hold, at(-15))).readback).toEqual(at(-15));
  });

  test('one already at -10 with an unknown turn is not taken for stalled', async ({ world }) => {
    await world.moveByHand(-10);
    expect(await shown(world)).toBe(350);
    const hold = await world.hold();
    expect((await world.slew(hold, at(-10))).readback).toEqual(at(-10));
    expect(await shown(world)).toBe(-10);
    expect((await world.slew(hold, at(-5))).readback).toEqual(at(-5));
  });
});

describe.concurrent('rotor-driver and a slow rotator with such a controller', () => {
  // It is 3 s away from the obstacle.
  const test = controllerTest(8);

  test('one at -20 with an unknown turn is stopped before an obstacle there', async ({ world }) => {
    await world.moveByHand(-20);
    const keepOut = [{ azStartDeg: 5, azEndDeg: 10, elMinDeg: 0, elMaxDeg: 20 }];
    const hold = await world.hold(world.rotor({ keepOut }));
    expect(await shown(world)).toBe(340);
    // From 340 the route to 40 is free; from -20 it is not.
    expect((await world.slew(hold, at(40))).readback).toEqual(at(40));
    const sent = world.server.log.flatMap((line) => /\+(P .*|S)$/.exec(line)?.[1] ?? []);
    expect(sent).toEqual([
      'P 40.0000 0.0000',
      'S',
      // Where it was stopped: between -20 and the obstacle.
      expect.stringMatching(/^P (-\d+|[0-4])\.0000 21\.0000$/),
      'P 11.0000 21.0000',
      'P 40.0000 0.0000',
    ]);
  });
});

function withWrappedReadback(rotator: FakeRotator): FakeRotator {
  const wrapped = (deg: number) => ((Math.round(deg) % 360) + 360) % 360;
  return {
    ...rotator,
    read() {
      const [azimuthDeg, elevationDeg] = rotator.read();
      return [wrapped(azimuthDeg), Math.round(elevationDeg)];
    },
  };
}
