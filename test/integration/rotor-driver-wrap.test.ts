import { describe, expect, test } from 'vitest';
import { useDriverWorld } from '../support/driver-world.ts';
import { at } from '../support/rotctld-driver.ts';
import { hamlibScript, type FakeRotator } from '../support/rotctld-scripted.ts';

// A controller like a GS-232: it says whole degrees from 0 to 359, and the cable goes on below
// north.

describe('rotor-driver and a controller that turns -10 into 350', () => {
  const world = useDriverWorld({ degPerS: 20, script: (rotator) => hamlibScript(saysWrapped(rotator)) });

  const shown = async () =>
    (await world.client.getPosition({ rotor: world.rotor() })).position?.pointing?.azimuthDeg;

  test('it arrives at -10 and comes back', async () => {
    const hold = await world.hold();
    const { readback, progress } = await world.slew(hold, at(-10));
    expect(readback).toEqual(at(-10));
    expect(progress.every(({ azimuthDeg }) => azimuthDeg <= 0 && azimuthDeg >= -10)).toBe(true);
    expect((await world.slew(hold, at(3))).readback).toEqual(at(3));
    expect(world.azimuthDeg).toBeCloseTo(3, 5);
  });

  test('how its cable lies survives a restart', async () => {
    const hold = await world.hold();
    await world.slew(hold, at(-10));
    await world.restartDriver();
    expect(await shown()).toBe(-10);
    const next = await world.hold();
    expect((await world.slew(next, at(4))).readback).toEqual(at(4));
  });

  test('what was kept is not believed when the rotor stands elsewhere', async () => {
    const hold = await world.hold();
    await world.slew(hold, at(-10));
    await world.driver.close();
    world.server.script = hamlibScript({ ...world.rotator, read: () => [200, 0] });
    await world.startDriver();
    expect(await shown()).toBe(200);
  });

  test('one that is at -10, and nobody knows it, does not run away when it goes to 0', async () => {
    await world.turn(-20);
    const hold = await world.hold();
    expect(await shown()).toBe(340);
    expect((await world.slew(hold, at(0))).readback).toEqual(at(0));
    expect((await world.slew(hold, at(-15))).readback).toEqual(at(-15));
  });

  test('one that is at -20, and nobody knows it, is stopped before it meets what is in the way there', async () => {
    await world.turn(-20);
    const keepOut = [{ azStartDeg: 5, azEndDeg: 10, elMinDeg: 0, elMaxDeg: 20 }];
    const hold = await world.hold(world.rotor({ keepOut }));
    expect(await shown()).toBe(340);
    // From 340 nothing is in the way to 40; from -20 there is.
    expect((await world.slew(hold, at(40))).readback).toEqual(at(40));
    const told = world.server.log.flatMap((line) => /\+(P .*|S)$/.exec(line)?.[1] ?? []);
    expect(told).toEqual([
      'P 40.0000 0.0000',
      'S',
      expect.stringMatching(/^P -1\d\.0000 21\.0000$/),
      'P 11.0000 21.0000',
      'P 40.0000 0.0000',
    ]);
  });

  test('one that stands at -10 already, and nobody knows it, is not taken for stalled', async () => {
    await world.turn(-10);
    expect(await shown()).toBe(350);
    const hold = await world.hold();
    expect((await world.slew(hold, at(-10))).readback).toEqual(at(-10));
    expect(await shown()).toBe(-10);
    expect((await world.slew(hold, at(-5))).readback).toEqual(at(-5));
  });
});

function saysWrapped(rotator: FakeRotator): FakeRotator {
  const wrapped = (deg: number) => ((Math.round(deg) % 360) + 360) % 360;
  return {
    ...rotator,
    read() {
      const [azimuthDeg, elevationDeg] = rotator.read();
      return [wrapped(azimuthDeg), Math.round(elevationDeg)];
    },
  };
}
