import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useDriverWorld } from '../support/driver-world.ts';
import { at } from '../support/rotctld-driver.ts';
import { until } from '../support/until.ts';

// The driver knows the current limits of the owners, independent of its callers.

const world = useDriverWorld({ degPerS: 40 });
const narrow = () => world.rotor({ limits: { azMinDeg: 0, azMaxDeg: 30, elMinDeg: 0, elMaxDeg: 45 } });

test('without known limits those of the caller apply', async () => {
  await world.move(at(50, 10));
  expect(world.commandsSent).toHaveLength(1);
});

test('narrower limits apply to callers with older ones: manual moves, leases, park, sweeps', async () => {
  await world.client.allow({ rotors: [narrow()] });
  const older = world.rotor({ park: at(100, 10) });
  const outOfRange = { kind: 'out_of_range', message: 'azimuth 31 deg is outside 0..30 deg' };
  await expect(world.move(at(31, 10), older)).rejects.toMatchObject(outOfRange);
  const hold = await world.hold(older);
  await expect(world.slew(hold, at(31, 10))).rejects.toMatchObject(outOfRange);
  await expect(world.sweep(hold, at(31, 10))).rejects.toMatchObject(outOfRange);
  expect(world.commandsSent).toEqual([]);
  await world.slew(hold, at(20, 10));
  // Changed under the lease: they apply to the next move.
  await world.client.allow({
    rotors: [{ ...narrow(), keepOut: [{ azStartDeg: 5, azEndDeg: 10, elMinDeg: 0, elMaxDeg: 90 }] }],
  });
  await expect(world.slew(hold, at(0, 10))).rejects.toMatchObject({ kind: 'out_of_range' });
  hold.release();
  await hold.ended;
});

test('a rotor that was deleted or whose address changed is not moved', async () => {
  await world.client.allow({ rotors: [] });
  const wrongState = (message: RegExp) => ({
    kind: 'wrong_state',
    message: expect.stringMatching(message) as string,
  });
  const deleted = wrongState(/rotor 1 'test rotor' cannot move: it has been deleted/);
  await expect(world.move(at(5))).rejects.toMatchObject(deleted);
  await expect(world.park()).rejects.toMatchObject(deleted);
  await expect(world.hold()).rejects.toMatchObject(deleted);
  await world.client.allow({ rotors: [{ ...world.rotor(), port: 4533 }] });
  await expect(world.move(at(5))).rejects.toMatchObject(wrongState(/its address is now 127.0.0.1:4533/));
  expect(world.commandsSent).toEqual([]);
  // Stop needs no permission.
  await world.client.stop({ rotor: world.rotor(), rotorId: 1 });
  expect(world.commandsSent.includes('S')).toBe(true);
});

test.each([
  ['narrower limits', () => [narrow()]],
  ['its deletion', () => []],
])('a running move is stopped by %s', async (_, changed) => {
  await world.client.allow({ rotors: [world.rotor()] });
  await world.move(at(170, 0));
  await world.untilMoving();
  await world.client.allow({ rotors: [{ ...world.rotor(), name: 'renamed' }] });
  expect((await world.client.inUse({ rotorId: 1 })).inUse).toBe(true);
  expect(world.commandsSent).toHaveLength(1);
  await world.client.allow({ rotors: changed() });
  await until('it rests', async () => !(await world.client.inUse({ rotorId: 1 })).inUse);
  expect(world.commandsSent.at(-1)).toBe('S');
  expect(world.azimuthDeg).toBeLessThan(170);
});

test('limits survive a restart of the driver', async () => {
  await world.client.allow({ rotors: [narrow()] });
  await world.restartDriver();
  await expect(world.move(at(31, 10))).rejects.toMatchObject({
    kind: 'out_of_range',
  });
  await world.move(at(29, 10));
});

test('limits, tokens and positions survive the upgrade from a version with a nested folder', async () => {
  await world.client.allow({ rotors: [narrow()] });
  const { token } = await world.hold();
  await world.driver.close();
  const folder = join(world.folder, 'rotor-driver');
  const older = join(folder, 'rotor-driver');
  const files = await readdir(folder);
  expect(files).toEqual(expect.arrayContaining(['fence', 'in-hand.json', 'permits.json']));
  await mkdir(older);
  for (const file of files) await rename(join(folder, file), join(older, file));
  await world.startDriver();
  expect((await readdir(folder)).sort()).toEqual(files.sort());
  await expect(world.move(at(31, 10))).rejects.toMatchObject({
    kind: 'out_of_range',
  });
  expect((await world.hold()).token).toBeGreaterThan(token);
});
