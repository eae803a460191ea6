import { expect, test } from 'vitest';
import { useDriverWorld } from '../support/driver-world.ts';
import { at } from '../support/rotctld-driver.ts';
import { until } from '../support/until.ts';

// The call of a manual move is its lease.

const world = useDriverWorld({ degPerS: 20 });
const inUse = async () => (await world.client.inUse({ rotorId: 1 })).inUse;
const untilFree = () => until('it is free', async () => !(await inUse()));

test('a cancelled call stops the rotor', async () => {
  const call = new AbortController();
  const { ended } = await world.move(at(170), undefined, call.signal);
  await world.untilMoving();
  call.abort();
  await expect(ended).rejects.toThrow();
  await untilFree();
  expect(world.commandsSent.at(-1)).toBe('S');
  expect(world.azimuthDeg).toBeLessThan(170);
});

test('arrival ends the call and releases the rotor', async () => {
  const { position, ended } = await world.move(at(5));
  expect(position).toMatchObject({ moving: true });
  await ended;
  expect(world.azimuthDeg).toBe(5);
  await untilFree();
  const hold = await world.hold();
  hold.release();
  expect(world.stopsSent).toEqual([]);
});

test('another manual move takes over without a stop; the end of the first call has no effect', async () => {
  const call = new AbortController();
  const first = await world.move(at(170), undefined, call.signal);
  await world.untilMoving();
  const second = await world.move(at(10));
  await expect(first.ended).rejects.toMatchObject({ kind: 'cancelled', message: 'replaced by another move' });
  call.abort();
  await second.ended;
  expect(world.stopsSent).toEqual([]);
  expect(world.azimuthDeg).toBe(10);
});

test('stop revokes the lease and ends the call', async () => {
  const { ended } = await world.move(at(170));
  await world.untilMoving();
  await world.client.stop({ rotor: world.rotor(), rotorId: 1 });
  await expect(ended).rejects.toMatchObject({ kind: 'lease_lost', message: 'stopped by request' });
  await untilFree();
});

test('a session is refused during a manual move, and a manual move during a session', async () => {
  const { ended } = await world.move(at(170));
  await expect(world.hold()).rejects.toMatchObject({
    kind: 'busy',
    message: 'the rotor is executing a manual move',
  });
  expect(world.stopsSent).toEqual([]);
  await world.client.stop({ rotor: world.rotor(), rotorId: 1 });
  await ended.catch(() => undefined);
  const hold = await world.hold();
  const busy = { kind: 'busy', message: 'the rotor is held by a test' };
  await expect(world.move(at(5))).rejects.toMatchObject(busy);
  await expect(world.park()).rejects.toMatchObject(busy);
  hold.release();
});

test('a new permission ends the call with its reason', async () => {
  await world.client.allow({ rotors: [world.rotor()] });
  const { ended } = await world.move(at(170));
  await world.client.allow({ rotors: [] });
  await expect(ended).rejects.toMatchObject({ kind: 'wrong_state' });
  await untilFree();
});

test('a manual move does not depend on the disk: no token is written', async () => {
  const before = await world.hold();
  before.release();
  await before.ended;
  const { ended } = await world.move(at(2));
  await ended;
  await untilFree();
  const after = await world.hold();
  expect(after.token).toBe(before.token + 1);
  after.release();
});
