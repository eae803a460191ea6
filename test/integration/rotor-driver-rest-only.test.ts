import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RotorConfig } from '#shared/rotor-config';
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
  reportingAtRestOnly,
  startScriptedRotctld,
  type FakeRotator,
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

// In motion such a controller repeats the position at which the move began.

describe('a controller that reports its position only at rest', () => {
  let rotator: FakeRotator;
  let server: ScriptedRotctld;
  let driver: TestDriver;

  beforeEach(async () => {
    server = await startScriptedRotctld(() => undefined);
    driver = await startTestDriver();
    drivenAt(20);
  });
  afterEach(async () => {
    await driver.close();
    await server.close();
  });

  function drivenAt(degPerS: number, lagMs = 0): void {
    rotator = createFakeRotator(degPerS);
    server.script = hamlibScript(reportingAtRestOnly(rotator, lagMs));
  }
  const rotor = (speedDegPerS = 20, change: Partial<RotorConfig> = {}) => {
    const axis = { speedDegPerS, accelerationDegPerS2: 1000 };
    return testRotor(server.port, { azimuth: axis, elevation: axis, ...change });
  };
  const stops = () => server.log.filter((line) => /:\+S$/.test(line)).length;
  const remarks = async () => (await driver.client.probe({ rotor: rotor() })).remarks.join();
  const standsAt = (azimuthDeg: number) =>
    until(`it stands at ${azimuthDeg}`, () => rotator.read()[0] === azimuthDeg);

  test('is recognised by its first move, reported by the connection test, and driven over any distance from then on', async () => {
    const hold = await holdRotor(driver.client, rotor());
    expect(await remarks()).toBe('');
    const { readback, progress } = await slew(driver.client, hold.token, at(25, 5));
    expect(readback).toEqual(at(25, 5));
    expect(progress.every(({ azimuthDeg }) => azimuthDeg === 0 || azimuthDeg === 25)).toBe(true);
    // Longer than the 2 s after which another one is stuck.
    expect((await slew(driver.client, hold.token, at(70, 5))).readback).toEqual(at(70, 5));
    expect((await slew(driver.client, hold.token, at(69, 6))).readback).toEqual(at(69, 6));
    expect(stops()).toBe(0);
    expect(await remarks()).toMatch(
      /^its position is reported only at rest: it stayed at az \S+ el 5 for [23]\.\d s on a move, and then was az 70 el 5; likely causes: /,
    );
    hold.release();
    expect(await hold.ended).toBeUndefined();
  });

  test('is recognised on a long first move by where it is after a stop, and sent once more', async () => {
    const hold = await holdRotor(driver.client, rotor());
    expect((await slew(driver.client, hold.token, at(48))).readback).toEqual(at(48));
    expect(stops()).toBe(1);
    expect((await slew(driver.client, hold.token, at(0))).readback).toEqual(at(0));
    expect(stops()).toBe(1);
    expect(await remarks()).toContain('reported only at rest');
  });

  test('that is stuck is noticed in a time that the length of the move bounds', async () => {
    const hold = await holdRotor(driver.client, rotor());
    await slew(driver.client, hold.token, at(20));
    const stuck = reportingAtRestOnly({ ...rotator, go: () => undefined });
    server.script = hamlibScript(stuck);
    const startedMs = performance.now();
    await expect(slew(driver.client, hold.token, at(24))).rejects.toMatchObject({
      kind: 'hardware_fault',
      message: expect.stringMatching(
        /^stalled at az 20 el 0 on the way to az 24 el 0; it did not move/,
      ) as string,
    });
    // Twice 2.3 s and a stop each.
    expect(performance.now() - startedMs).toBeGreaterThan(4_500);
    expect(rotator.read()).toEqual([20, 0]);
  });

  test('is stopped at once, and the answer has the position that it reports at rest', async () => {
    drivenAt(20, 400);
    await driver.client.move({ rotor: rotor(), target: at(100) });
    await until('it moves', () => rotator.read()[0] > 5);
    const startedMs = performance.now();
    const stopping = driver.client.stop({ rotor: rotor() });
    await until('S has come', () => stops() > 0);
    expect(performance.now() - startedMs).toBeLessThan(300);
    const { position } = await stopping;
    expect(position?.pointing).toEqual(at(Number(rotator.read()[0].toFixed(2))));
    expect(position?.pointing?.azimuthDeg).toBeGreaterThan(5);
    expect(position?.moving).toBe(false);
  });

  test('is stopped before another move by hand takes over, so that the way is planned from where it is', async () => {
    const hold = await holdRotor(driver.client, rotor());
    await slew(driver.client, hold.token, at(20));
    hold.release();
    await hold.ended;
    await driver.client.move({ rotor: rotor(), target: at(80) });
    await until('it moves', () => rotator.read()[0] > 30);
    await driver.client.move({ rotor: rotor(), target: at(10) });
    expect(stops()).toBe(1);
    await standsAt(10);
  });

  test('and wraps at north, arrives on the other side of it', async () => {
    rotator = createFakeRotator(200);
    const counts = reportingAtRestOnly(rotator);
    const wrapped: FakeRotator = {
      ...counts,
      read() {
        const [azimuthDeg, elevationDeg] = counts.read();
        return [((Math.round(azimuthDeg) % 360) + 360) % 360, Math.round(elevationDeg)];
      },
    };
    server.script = hamlibScript(wrapped);
    const hold = await holdRotor(driver.client, rotor(200));
    for (const azimuthDeg of [20, -20, 100, -60])
      expect((await slew(driver.client, hold.token, at(azimuthDeg))).readback).toEqual(at(azimuthDeg));
  });

  test('refuses sweeps', async () => {
    const hold = await holdRotor(driver.client, rotor());
    const sweep = async (azimuthDeg: number) => {
      const request = { rotorId: 1, token: hold.token, target: at(azimuthDeg), sweep: true };
      for await (const _ of driver.client.slew(request));
    };
    await expect(sweep(25)).rejects.toThrow(
      /^a sweep needs a position that is reported in motion; its position is reported only at rest: .* Scan in steps/,
    );
    // It is forgotten as soon as motions are reported (by another server, for example).
    server.script = hamlibScript(rotator);
    await sweep(50);
    expect(await remarks()).toBe('');
  });

  test('is not characterised: its speeds cannot be seen', async () => {
    rotator = createFakeRotator(100);
    server.script = hamlibScript(reportingAtRestOnly(rotator));
    const characterise = async () => {
      for await (const _ of driver.client.characterise({ rotor: rotor(100) }));
    };
    await expect(characterise()).rejects.toThrow(
      /^characterise needs a position that is reported in motion; its position is reported only at rest: .* stopwatch/,
    );
  });
});
