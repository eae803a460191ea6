import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createObstacles } from '#shared/sky/obstacles';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { driverTest } from '../support/driver-world.ts';
import { startObservatory } from '../support/observatory.ts';
import { at, holdRotor, slew, startTestDriver, testRotor } from '../support/rotctld-driver.ts';
import { createFakeRotator, hamlibScript, type FakeRotator } from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

const DEG_PER_S = 200;
const axis = { speedDegPerS: DEG_PER_S, accelerationDegPerS2: 1e6 };
const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 5, elMaxDeg: 90 };
const hill = [at(80, 5), at(90, 40), at(100, 5)];
const tower = { azStartDeg: 150, azEndDeg: 160, elMinDeg: 0, elMaxDeg: 50 };

describe('a mount with a pointing model', () => {
  const pointingModel = { IA: 2.3, IE: -0.7, CA: 0, NPAE: 0, AN: 0, AW: 0 };
  const test = driverTest({ degPerS: DEG_PER_S, axis, rotor: { limits, pointingModel } });

  test('gets its own setpoints, inside its limits, and is reported in directions', async ({ world }) => {
    const hold = await world.hold();
    await world.slew(hold, at(67.7, 10.7));
    const { readback } = await world.slew(hold, at(97.7, 20.7));
    expect(world.commandsSent).toEqual(['0,6', '70,10', '100,20']);
    expect(readback?.azimuthDeg).toBeCloseTo(97.7, 6);
    expect(readback?.elevationDeg).toBeCloseTo(20.7, 6);
    await expect(world.slew(hold, at(97.7, 5.5))).rejects.toThrow(
      'elevation 4.8 deg is outside 5..90 deg: the setpoint of the mount for az 97.7 el 5.5',
    );
    hold.release();
    const { position } = await world.client.getPosition({ rotor: world.rotor() });
    expect(position?.pointing?.azimuthDeg).toBeCloseTo(97.7, 6);
    await world.park();
    await world.untilAt(0, 0);
  });
});

describe.concurrent('a rotator among obstacles', () => {
  const test = driverTest({
    degPerS: DEG_PER_S,
    axis,
    rotor: { limits, horizon: hill, keepOut: [tower] },
  });

  test('is raised from the park pointing, turned and lowered', async ({ world }) => {
    const hold = await world.hold();
    await world.slew(hold, at(70, 10));
    const { readback } = await world.slew(hold, at(110, 10));
    expect(world.commandsSent).toEqual(['0,6', '70,10', '70,41', '110,41', '110,10']);
    expect(readback).toEqual(at(110, 10));
    hold.release();
  });

  test('moves around a sector to its far side', async ({ world }) => {
    await world.moveByHand(140, 45);
    const hold = await world.hold();
    await world.slew(hold, at(170, 45));
    expect(world.commandsSent).toEqual(['140,51', '161,51', '170,45']);
    hold.release();
  });

  test('is not raised between the cells of a row at minimum elevation, despite readback errors', async ({
    world,
  }) => {
    await world.moveByHand(10, 5);
    const low = {
      ...world.rotator,
      read: (): [number, number] => [world.azimuthDeg, world.rotator.read()[1] - 0.4],
    };
    world.server.script = hamlibScript(low);
    const hold = await world.hold();
    for (const azimuthDeg of [12, 14, 16]) await world.slew(hold, at(azimuthDeg, 5));
    expect(world.commandsSent).toEqual(['12,5', '14,5', '16,5']);
    hold.release();
  });

  test('is not raised between the cells of a row along the mask', async ({ world }) => {
    await world.moveByHand(70, 41);
    const hold = await world.hold();
    await world.slew(hold, at(82, 40));
    const low = {
      ...world.rotator,
      read: (): [number, number] => [world.azimuthDeg, world.rotator.read()[1] - 0.4],
    };
    world.server.script = hamlibScript(low);
    for (const azimuthDeg of [86, 90, 94, 98]) await world.slew(hold, at(azimuthDeg, 40));
    expect(world.commandsSent).toEqual(['82,40', '86,40', '90,40', '94,40', '98,40']);
    hold.release();
  });

  test('parks from a pointing above the park pointing', async ({ world }) => {
    await world.moveByHand(110, 20);
    await world.park();
    await world.untilAt(0, 0);
    expect(world.commandsSent).toEqual(['110,41', '0,41', '0,0']);
  });

  test('completes a manual move after the response', async ({ world }) => {
    const answer = await world.move(at(110, 10));
    expect(answer.position?.moving).toBe(true);
    await world.untilAt(110, 10);
    expect(world.commandsSent).toEqual(['0,41', '110,41', '110,10']);
  });

  test('is stopped before a new manual move is planned', async ({ world }) => {
    const going = createFakeRotator(20);
    world.server.script = hamlibScript(going);
    const slow = { speedDegPerS: 20, accelerationDegPerS2: 1e6 };
    const config = world.rotor({ azimuth: slow, elevation: slow });
    await world.move(at(60, 20), config);
    await until('it turns', () => going.read()[0] > 3);
    await world.move(at(0, 20), config);
    await until('it is back', () => going.read().join() === '0,20');
    expect(world.commandsSent).toEqual(['0,6', '60,20', 'S', '0,20']);
  });

  test('that stalls on a leg is retried once from its position', async ({ world }) => {
    await world.moveByHand(70, 10);
    let stuck = true;
    const sticky: FakeRotator = {
      ...world.rotator,
      go(azimuthDeg, elevationDeg) {
        // It stalls once, half way over the hill.
        world.rotator.go(stuck && azimuthDeg === 110 ? 90 : azimuthDeg, elevationDeg);
        if (azimuthDeg === 110) stuck = false;
      },
    };
    world.server.script = hamlibScript(sticky);
    const hold = await world.hold();
    await world.slew(hold, at(110, 10));
    expect(world.commandsSent).toEqual(['70,41', '110,41', 'S', '110,41', '110,10']);
    hold.release();
  });

  test('that keeps stalling on a leg reports a fault that names the leg', async ({ world }) => {
    await world.moveByHand(70, 10);
    world.server.script = hamlibScript({
      ...world.rotator,
      go: (azDeg, elDeg) => world.rotator.go(Math.min(90, azDeg), elDeg),
    });
    const hold = await world.hold();
    await expect(world.slew(hold, at(110, 10))).rejects.toMatchObject({
      kind: 'hardware_fault',
      message: expect.stringMatching(
        /^stalled at az 90 el 41 on the way to az 110 el 41; likely causes: /,
      ) as string,
    });
    hold.release();
  });

  test('that another client moves away on a leg is released', async ({ world }) => {
    const going = createFakeRotator(20);
    going.go(70, 10);
    await until('it is there', () => going.read().join() === '70,10');
    world.server.script = hamlibScript(going);
    const slow = { speedDegPerS: 20, accelerationDegPerS2: 1e6 };
    const hold = await world.hold(world.rotor({ azimuth: slow, elevation: slow }));
    const moving = world.startSlew(hold, at(110, 10));
    await until('it turns', () => going.read()[0] > 75);
    going.go(0, 41);
    await expect(moving).rejects.toMatchObject({ kind: 'hardware_fault' });
    expect((await hold.ended)?.reason).toMatch(/^the rotor moves away from its target: /);
  });

  test('does not continue after a stop on a leg', async ({ world }) => {
    // Slow: the first leg must not end while this machine is busy.
    const going = createFakeRotator(1);
    world.server.script = hamlibScript(going);
    const slow = { speedDegPerS: 1, accelerationDegPerS2: 1e6 };
    const config = world.rotor({ azimuth: slow, elevation: slow });
    const hold = await world.hold(config);
    const stopping = new AbortController();
    const moving = world.startSlew(hold, at(40, 30), stopping.signal);
    await until('it rises', () => going.read()[1] > 1);
    stopping.abort();
    await expect(moving).rejects.toThrow();
    await until('it received a stop', () => world.commandsSent.includes('S'));
    await world.client.stop({ rotor: config, token: hold.token });
    const [azimuthDeg, elevationDeg] = going.read();
    expect(azimuthDeg).toBe(0);
    expect(elevationDeg).toBeLessThan(6);
    expect(world.commandsSent.filter((line) => line !== 'S')).toEqual(['0,6']);
    hold.release();
  });

  test.for<[string, Partial<RotorConfig>, [number, number], string]>([
    ['below the mask', {}, [90, 39], 'elevation 39 deg at azimuth 90 deg is below the horizon mask 40 deg'],
    [
      'into a sector',
      {},
      [155, 20],
      'azimuth 155 deg elevation 20 deg is inside the keep-out sector az 150..160 deg el 0..50 deg',
    ],
    [
      'to an unreachable target',
      { keepOut: [{ ...tower, elMinDeg: -90, elMaxDeg: 90 }] },
      [170, 20],
      'there is no route from az 0 el 0 to az 170 el 20: ' +
        'the horizon mask 40 deg and the keep-out sector az 150..160 deg el -90..90 deg are in the way',
    ],
  ])('is not moved %s', async ([, change, [azimuthDeg, elevationDeg], message], { world }) => {
    const refused = { kind: 'out_of_range', message };
    const target = at(azimuthDeg, elevationDeg);
    await expect(world.move(target, world.rotor(change))).rejects.toMatchObject(refused);
    const hold = await world.hold(world.rotor(change));
    await expect(world.slew(hold, target)).rejects.toMatchObject(refused);
    hold.release();
    expect(world.commandsSent).toEqual([]);
  });

  test('is not parked in a sector', async ({ world }) => {
    const park = at(155, 0);
    await expect(world.park(world.rotor({ park }))).rejects.toMatchObject({
      kind: 'out_of_range',
      message: 'azimuth 155 deg elevation 0 deg is inside the keep-out sector az 150..160 deg el 0..50 deg',
    });
    expect(world.commandsSent).toEqual([]);
  });
});

describe.concurrent('the simulated rotator, with axes of unequal speeds,', () => {
  test.for([
    ['a quick azimuth', '600', '150'],
    ['a quick elevation', '150', '600'],
  ])('never points at a forbidden region: %s', async ([, azSpeed = '', elSpeed = ''], { onTestFinished }) => {
    const observatory = await startObservatory({
      SIM_AZ_SPEED_DEG_S: azSpeed,
      SIM_EL_SPEED_DEG_S: elSpeed,
      SIM_AZ_ACCELERATION_DEG_S2: '3000',
      SIM_EL_ACCELERATION_DEG_S2: '3000',
    });
    onTestFinished(() => observatory.close());
    const driver = await startTestDriver();
    onTestFinished(() => driver.close());
    // The driver gets wrong speeds: its route must not depend on them.
    const guess = { speedDegPerS: 300, accelerationDegPerS2: 3_000 };
    const config = testRotor(observatory.rotctldPort, {
      limits,
      azimuth: guess,
      elevation: guess,
      horizon: hill,
      keepOut: [tower, { azStartDeg: 200, azEndDeg: 260, elMinDeg: 20, elMaxDeg: 60 }],
    });
    const obstacles = createObstacles(limits.elMinDeg, hill, config.keepOut);
    const hold = await holdRotor(driver.client, config);
    await slew(driver.client, hold.token, at(0, 10));
    const seen: [number, number][] = [];
    let going = true;
    const look = async () => {
      while (going) {
        const { true_pointing } = await observatory.state();
        seen.push([true_pointing.azimuth, true_pointing.elevation]);
        await delay(2);
      }
    };
    const looking = look();
    for (const [azimuthDeg, elevationDeg] of [
      [70, 8],
      [110, 6],
      [145, 30],
      [170, 10],
      [195, 40],
      [270, 35],
      [230, 70],
      [230, 10],
      [85, 25],
      [0, 5],
    ] as const)
      // prettier-ignore
      await slew(driver.client, hold.token, at(azimuthDeg, elevationDeg));
    going = false;
    await looking;
    expect(seen.length).toBeGreaterThan(50);
    // It may overshoot by a tenth of a degree.
    const bad = seen.filter(
      ([azDeg, elDeg]) => !obstacles.isFree(at(azDeg, elDeg + 0.1), at(azDeg, elDeg + 0.1)),
    );
    expect(bad).toEqual([]);
    hold.release();
  });
});
