import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
  startScriptedRotctld,
  type FakeRotator,
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

// What the owners allow now is known to the driver, whatever its callers say.

const SPEED_DEG_PER_S = 40;
let rotator: FakeRotator;
let server: ScriptedRotctld;
let folder: string;
let driver: TestDriver;

beforeEach(async () => {
  rotator = createFakeRotator(SPEED_DEG_PER_S);
  server = await startScriptedRotctld(hamlibScript(rotator));
  folder = await mkdtemp(join(tmpdir(), 'sky-scan-permits-'));
  driver = await startTestDriver({ DATA_DIR: folder });
});
afterEach(async () => {
  await driver.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const axis = { speedDegPerS: SPEED_DEG_PER_S, accelerationDegPerS2: 1e6 };
const rotor = (change: Partial<RotorConfig> = {}) =>
  testRotor(server.port, { azimuth: axis, elevation: axis, ...change });
const narrow = () => rotor({ limits: { azMinDeg: 0, azMaxDeg: 30, elMinDeg: 0, elMaxDeg: 45 } });
const told = () => server.log.filter((line) => /^\d+:\+(P |S$)/.test(line));

test('nothing has been said yet: the caller is believed', async () => {
  await driver.client.move({ rotor: rotor(), target: at(50, 10) });
  expect(told()).toHaveLength(1);
});

test('narrower limits hold for a caller with older ones: by hand, under a lease, at the park pointing, in a sweep', async () => {
  await driver.client.allow({ rotors: [narrow()] });
  const older = rotor({ park: at(100, 10) });
  const outOfRange = { kind: 'out_of_range', message: 'azimuth 31 deg is outside 0..30 deg' };
  await expect(driver.client.move({ rotor: older, target: at(31, 10) })).rejects.toMatchObject(outOfRange);
  const hold = await holdRotor(driver.client, older);
  await expect(slew(driver.client, hold.token, at(31, 10))).rejects.toMatchObject(outOfRange);
  const sweep = async () => {
    for await (const _ of driver.client.slew({
      rotorId: 1,
      token: hold.token,
      target: at(31, 10),
      sweep: true,
    }));
  };
  await expect(sweep()).rejects.toMatchObject(outOfRange);
  expect(told()).toEqual([]);
  await slew(driver.client, hold.token, at(20, 10));
  // Changed under the lease: the next move keeps to it.
  await driver.client.allow({
    rotors: [{ ...narrow(), keepOut: [{ azStartDeg: 5, azEndDeg: 10, elMinDeg: 0, elMaxDeg: 90 }] }],
  });
  await expect(slew(driver.client, hold.token, at(0, 10))).rejects.toMatchObject({ kind: 'out_of_range' });
  hold.release();
  await hold.ended;
});

test('a deleted rotor does not move, nor one that is somewhere else now', async () => {
  await driver.client.allow({ rotors: [] });
  const wrongState = (message: RegExp) => ({
    kind: 'wrong_state',
    message: expect.stringMatching(message) as string,
  });
  const deleted = wrongState(/rotor 1 'test rotor' is not moved: it has been deleted/);
  await expect(driver.client.move({ rotor: rotor(), target: at(5) })).rejects.toMatchObject(deleted);
  await expect(driver.client.park({ rotor: rotor() })).rejects.toMatchObject(deleted);
  await expect(holdRotor(driver.client, rotor())).rejects.toMatchObject(deleted);
  await driver.client.allow({ rotors: [{ ...rotor(), port: 4533 }] });
  await expect(driver.client.move({ rotor: rotor(), target: at(5) })).rejects.toMatchObject(
    wrongState(/it is at 127.0.0.1:4533 now/),
  );
  expect(told()).toEqual([]);
  // Stop asks nobody.
  await driver.client.stop({ rotor: rotor(), rotorId: 1 });
  expect(server.log.some((line) => /:\+?S$/.test(line))).toBe(true);
});

test.each([
  ['narrower limits', () => [narrow()]],
  ['its deletion', () => []],
])('a move under way is stopped by %s', async (_, changed) => {
  await driver.client.allow({ rotors: [rotor()] });
  await driver.client.move({ rotor: rotor(), target: at(170, 0) });
  await until('it moves', () => rotator.read()[0] > 1);
  await driver.client.allow({ rotors: [{ ...rotor(), name: 'renamed' }] });
  expect((await driver.client.inHand({ rotorId: 1 })).inHand).toBe(true);
  expect(told()).toHaveLength(1);
  await driver.client.allow({ rotors: changed() });
  await until('it rests', async () => !(await driver.client.inHand({ rotorId: 1 })).inHand);
  expect(told().at(-1)).toMatch(/\+S$/);
  expect(rotator.read()[0]).toBeLessThan(170);
});

test('what is allowed survives a restart of the driver', async () => {
  await driver.client.allow({ rotors: [narrow()] });
  await driver.close();
  driver = await startTestDriver({ DATA_DIR: folder });
  await expect(driver.client.move({ rotor: rotor(), target: at(31, 10) })).rejects.toMatchObject({
    kind: 'out_of_range',
  });
  await driver.client.move({ rotor: rotor(), target: at(29, 10) });
});
