import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

// A controller like a GS-232: it says whole degrees from 0 to 359, and the cable goes on below north.

describe('rotor-driver and a controller that turns -10 into 350', () => {
  let rotator: FakeRotator;
  let server: ScriptedRotctld;
  let driver: TestDriver;
  let folder: string;
  let rotor: ReturnType<typeof testRotor>;

  beforeEach(async () => {
    rotator = createFakeRotator(20);
    server = await startScriptedRotctld(hamlibScript(saysWrapped(rotator)));
    folder = await mkdtemp(join(tmpdir(), 'rotor-driver-wrap-'));
    driver = await startTestDriver({ DATA_DIR: folder });
    rotor = testRotor(server.port);
  });
  afterEach(async () => {
    await driver.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  const shown = async () => (await driver.client.getPosition({ rotor })).position?.pointing?.azimuthDeg;

  test('it arrives at -10 and comes back', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const { readback, progress } = await slew(driver.client, hold.token, at(-10));
    expect(readback).toEqual(at(-10));
    expect(progress.every(({ azimuthDeg }) => azimuthDeg <= 0 && azimuthDeg >= -10)).toBe(true);
    expect((await slew(driver.client, hold.token, at(3))).readback).toEqual(at(3));
    expect(rotator.read()[0]).toBeCloseTo(3, 5);
  });

  test('how its cable lies survives a restart', async () => {
    const hold = await holdRotor(driver.client, rotor);
    await slew(driver.client, hold.token, at(-10));
    await driver.close();
    driver = await startTestDriver({ DATA_DIR: folder });
    expect(await shown()).toBe(-10);
    const next = await holdRotor(driver.client, rotor);
    expect((await slew(driver.client, next.token, at(4))).readback).toEqual(at(4));
  });

  test('what was kept is not believed when the rotor stands elsewhere', async () => {
    const hold = await holdRotor(driver.client, rotor);
    await slew(driver.client, hold.token, at(-10));
    await driver.close();
    server.script = hamlibScript({ ...rotator, read: () => [200, 0] });
    driver = await startTestDriver({ DATA_DIR: folder });
    expect(await shown()).toBe(200);
  });

  test('one that is at -10, and nobody knows it, does not run away when it goes to 0', async () => {
    rotator.go(-20, 0);
    await until('it stands there', () => rotator.read()[0] === -20);
    const hold = await holdRotor(driver.client, rotor);
    expect(await shown()).toBe(340);
    expect((await slew(driver.client, hold.token, at(0))).readback).toEqual(at(0));
    expect((await slew(driver.client, hold.token, at(-15))).readback).toEqual(at(-15));
  });

  test('one that is at -20, and nobody knows it, is stopped before it meets what is in the way there', async () => {
    rotator.go(-20, 0);
    await until('it stands there', () => rotator.read()[0] === -20);
    const keepOut = [{ azStartDeg: 5, azEndDeg: 10, elMinDeg: 0, elMaxDeg: 20 }];
    const hold = await holdRotor(driver.client, { ...rotor, keepOut });
    expect(await shown()).toBe(340);
    // From 340 nothing is in the way to 40; from -20 there is.
    expect((await slew(driver.client, hold.token, at(40))).readback).toEqual(at(40));
    const told = server.log.flatMap((line) => /\+(P .*|S)$/.exec(line)?.[1] ?? []);
    expect(told).toEqual([
      'P 40.0000 0.0000',
      'S',
      expect.stringMatching(/^P -1\d\.0000 21\.0000$/),
      'P 11.0000 21.0000',
      'P 40.0000 0.0000',
    ]);
  });

  test('one that stands at -10 already, and nobody knows it, is not taken for stalled', async () => {
    rotator.go(-10, 0);
    await until('it stands there', () => rotator.read()[0] === -10);
    expect(await shown()).toBe(350);
    const hold = await holdRotor(driver.client, rotor);
    expect((await slew(driver.client, hold.token, at(-10))).readback).toEqual(at(-10));
    expect(await shown()).toBe(-10);
    expect((await slew(driver.client, hold.token, at(-5))).readback).toEqual(at(-5));
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
