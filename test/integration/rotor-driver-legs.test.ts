import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createObstacles } from '#shared/obstacles';
import type { RotorConfig } from '#shared/rotor-config';
import { startObservatory, type TestObservatory } from '../support/observatory.ts';
import {
  at,
  holdRotor,
  slew,
  startTestDriver,
  testRotor,
  type TestDriver,
} from '../support/rotctld-driver.ts';
import {
  createFakeRotator,
  hamlibScript,
  startScriptedRotctld,
  type FakeRotator,
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

const DEG_PER_S = 200;
const axis = { speedDegPerS: DEG_PER_S, accelerationDegPerS2: 1e6 };
const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 5, elMaxDeg: 90 };
const hill = [at(80, 5), at(90, 40), at(100, 5)];
const tower = { azStartDeg: 150, azEndDeg: 160, elMinDeg: 0, elMaxDeg: 50 };

describe('a rotator among obstacles', () => {
  let rotator: FakeRotator;
  let server: ScriptedRotctld;
  let driver: TestDriver;

  beforeEach(async () => {
    rotator = createFakeRotator(DEG_PER_S);
    server = await startScriptedRotctld(hamlibScript(rotator));
    driver = await startTestDriver();
  });
  afterEach(async () => {
    await driver.close();
    await server.close();
  });

  const rotor = (change: Partial<RotorConfig> = {}) =>
    testRotor(server.port, {
      limits,
      azimuth: axis,
      elevation: axis,
      horizon: hill,
      keepOut: [tower],
      ...change,
    });
  /** What it was told, as `azimuth,elevation`, and `S` for stops. */
  const told = () =>
    server.log
      .map((line) => line.replace(/^\d+:\+/, ''))
      .filter((line) => /^(P |S$)/.test(line))
      .map((line) =>
        line
          .replace('P ', '')
          .split(' ')
          .map((word) => (word === 'S' ? word : String(Number(word))))
          .join(),
      );
  const standsAt = async (azimuthDeg: number, elevationDeg: number) => {
    rotator.go(azimuthDeg, elevationDeg);
    await until('it is there', () => rotator.read().join() === `${azimuthDeg},${elevationDeg}`);
  };

  test('is raised from where it was parked, turned and lowered', async () => {
    const hold = await holdRotor(driver.client, rotor());
    await slew(driver.client, hold.token, at(70, 10));
    const { readback } = await slew(driver.client, hold.token, at(110, 10));
    expect(told()).toEqual(['0,6', '70,10', '70,41', '110,41', '110,10']);
    expect(readback).toEqual(at(110, 10));
    hold.release();
  });

  test('goes round a sector, and is left on the far side', async () => {
    await standsAt(140, 45);
    const hold = await holdRotor(driver.client, rotor());
    await slew(driver.client, hold.token, at(170, 45));
    expect(told()).toEqual(['140,51', '161,51', '170,45']);
    hold.release();
  });

  test('is not raised between the cells of a row on the floor, however it reads', async () => {
    await standsAt(10, 5);
    const low = { ...rotator, read: (): [number, number] => [rotator.read()[0], rotator.read()[1] - 0.4] };
    server.script = hamlibScript(low);
    const hold = await holdRotor(driver.client, rotor());
    for (const azimuthDeg of [12, 14, 16]) await slew(driver.client, hold.token, at(azimuthDeg, 5));
    expect(told()).toEqual(['12,5', '14,5', '16,5']);
    hold.release();
  });

  test('is not raised between the cells of a row along the mask', async () => {
    await standsAt(70, 41);
    const hold = await holdRotor(driver.client, rotor());
    await slew(driver.client, hold.token, at(82, 40));
    const low = { ...rotator, read: (): [number, number] => [rotator.read()[0], rotator.read()[1] - 0.4] };
    server.script = hamlibScript(low);
    for (const azimuthDeg of [86, 90, 94, 98]) await slew(driver.client, hold.token, at(azimuthDeg, 40));
    expect(told()).toEqual(['82,40', '86,40', '90,40', '94,40', '98,40']);
    hold.release();
  });

  test('parks from straight above', async () => {
    await standsAt(110, 20);
    await driver.client.park({ rotor: rotor() });
    await until('it is parked', () => rotator.read().join() === '0,0');
    expect(told()).toEqual(['110,41', '0,41', '0,0']);
  });

  test('moved by hand it answers on the way and goes all of it', async () => {
    const answer = await driver.client.move({ rotor: rotor(), target: at(110, 10) });
    expect(answer.position?.moving).toBe(true);
    await until('it is there', () => rotator.read().join() === '110,10');
    expect(told()).toEqual(['0,41', '110,41', '110,10']);
  });

  test('moved by hand while it moves it is stopped before a new way is planned', async () => {
    const going = createFakeRotator(20);
    server.script = hamlibScript(going);
    const slow = { speedDegPerS: 20, accelerationDegPerS2: 1e6 };
    const config = rotor({ azimuth: slow, elevation: slow });
    await driver.client.move({ rotor: config, target: at(60, 20) });
    await until('it turns', () => going.read()[0] > 3);
    await driver.client.move({ rotor: config, target: at(0, 20) });
    await until('it is back', () => going.read().join() === '0,20');
    expect(told()).toEqual(['0,6', '60,20', 'S', '0,20']);
  });

  test('that stalls on a leg is sent once more from where it is', async () => {
    await standsAt(70, 10);
    let stuck = true;
    const sticky: FakeRotator = {
      ...rotator,
      go(azimuthDeg, elevationDeg) {
        // Half way over the hill it sticks, once.
        rotator.go(stuck && azimuthDeg === 110 ? 90 : azimuthDeg, elevationDeg);
        if (azimuthDeg === 110) stuck = false;
      },
    };
    server.script = hamlibScript(sticky);
    const hold = await holdRotor(driver.client, rotor());
    await slew(driver.client, hold.token, at(110, 10));
    expect(told()).toEqual(['70,41', '110,41', 'S', '110,41', '110,10']);
    hold.release();
  });

  test('that stalls on a leg again and again is a fault that names the leg', async () => {
    await standsAt(70, 10);
    server.script = hamlibScript({
      ...rotator,
      go: (azDeg, elDeg) => rotator.go(Math.min(90, azDeg), elDeg),
    });
    const hold = await holdRotor(driver.client, rotor());
    await expect(slew(driver.client, hold.token, at(110, 10))).rejects.toMatchObject({
      kind: 'hardware_fault',
      message: expect.stringMatching(
        /^stalled at az 90 el 41 on the way to az 110 el 41; likely causes: /,
      ) as string,
    });
    hold.release();
  });

  test('that somebody else drives away on a leg is let go', async () => {
    const going = createFakeRotator(20);
    going.go(70, 10);
    await until('it stands', () => going.read().join() === '70,10');
    server.script = hamlibScript(going);
    const slow = { speedDegPerS: 20, accelerationDegPerS2: 1e6 };
    const hold = await holdRotor(driver.client, rotor({ azimuth: slow, elevation: slow }));
    const moving = slew(driver.client, hold.token, at(110, 10));
    moving.catch(() => undefined);
    await until('it turns', () => going.read()[0] > 75);
    going.go(0, 41);
    await expect(moving).rejects.toMatchObject({ kind: 'hardware_fault' });
    expect((await hold.ended)?.reason).toMatch(/^the rotor moves away from its target: /);
  });

  test('stopped on a leg it goes no further', async () => {
    const going = createFakeRotator(20);
    server.script = hamlibScript(going);
    const slow = { speedDegPerS: 20, accelerationDegPerS2: 1e6 };
    const config = rotor({ azimuth: slow, elevation: slow });
    const hold = await holdRotor(driver.client, config);
    const stopping = new AbortController();
    const moving = slew(driver.client, hold.token, at(40, 30), stopping.signal);
    moving.catch(() => undefined);
    await until('it rises', () => going.read()[1] > 1);
    stopping.abort();
    await expect(moving).rejects.toThrow();
    await until('it was told to stop', () => told().includes('S'));
    await driver.client.stop({ rotor: config, token: hold.token });
    const [azimuthDeg, elevationDeg] = going.read();
    expect(azimuthDeg).toBe(0);
    expect(elevationDeg).toBeLessThan(6);
    expect(told().filter((line) => line !== 'S')).toEqual(['0,6']);
    hold.release();
  });

  test.each<[string, Partial<RotorConfig>, [number, number], string]>([
    ['below the mask', {}, [90, 39], 'elevation 39 deg at azimuth 90 deg is below the horizon mask 40 deg'],
    [
      'into a sector',
      {},
      [155, 20],
      'azimuth 155 deg elevation 20 deg is inside the keep-out sector az 150..160 deg el 0..50 deg',
    ],
    [
      'where no way leads',
      { keepOut: [{ ...tower, elMinDeg: -90, elMaxDeg: 90 }] },
      [170, 20],
      'there is no way from az 0 el 0 to az 170 el 20: ' +
        'the horizon mask 40 deg and the keep-out sector az 150..160 deg el -90..90 deg are in the way',
    ],
  ])('is sent nowhere %s', async (_, change, [azimuthDeg, elevationDeg], message) => {
    const refused = { kind: 'out_of_range', message };
    const target = at(azimuthDeg, elevationDeg);
    await expect(driver.client.move({ rotor: rotor(change), target })).rejects.toMatchObject(refused);
    const hold = await holdRotor(driver.client, rotor(change));
    await expect(slew(driver.client, hold.token, target)).rejects.toMatchObject(refused);
    hold.release();
    expect(told()).toEqual([]);
  });

  test('is not parked in a sector', async () => {
    const park = at(155, 0);
    await expect(driver.client.park({ rotor: rotor({ park }) })).rejects.toMatchObject({
      kind: 'out_of_range',
      message: 'azimuth 155 deg elevation 0 deg is inside the keep-out sector az 150..160 deg el 0..50 deg',
    });
    expect(told()).toEqual([]);
  });
});

describe('the simulated rotator, with axes of unequal speeds,', () => {
  let observatory: TestObservatory;
  let driver: TestDriver;

  afterEach(async () => {
    await driver.close();
    await observatory.close();
  });

  test.each([
    ['a quick azimuth', '600', '150'],
    ['a quick elevation', '150', '600'],
  ])('never points at what is forbidden: %s', async (_, azSpeed, elSpeed) => {
    observatory = await startObservatory({
      SIM_AZ_SPEED_DEG_S: azSpeed,
      SIM_EL_SPEED_DEG_S: elSpeed,
      SIM_AZ_ACCELERATION_DEG_S2: '3000',
      SIM_EL_ACCELERATION_DEG_S2: '3000',
    });
    driver = await startTestDriver();
    // The driver is told wrong speeds: what it does must not hang on them.
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
    // A tenth of a degree is what it may overshoot.
    const bad = seen.filter(
      ([azDeg, elDeg]) => !obstacles.isFree(at(azDeg, elDeg + 0.1), at(azDeg, elDeg + 0.1)),
    );
    expect(bad).toEqual([]);
    hold.release();
  });
});
