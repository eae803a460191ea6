import { describe, expect } from 'vitest';
import { driverTest, type DriverWorld } from '../support/driver-world.ts';
import { at } from '../support/rotctld-driver.ts';
import { hamlibScript, plainScript, refusePositionQueries, slowScript } from '../support/rotctld-scripted.ts';

// As configured; the rotator is faster.
const SLOW = { speedDegPerS: 6, accelerationDegPerS2: 1_000 };
const SCRIPTS = { Hamlib: hamlibScript, plain: plainScript };

describe.concurrent.each(['Hamlib', 'plain'] as const)('a poor link to a %s server', (dialect) => {
  const test = driverTest({ degPerS: 20, script: SCRIPTS[dialect], axis: SLOW });
  const wellBehaved = (world: DriverWorld) => SCRIPTS[dialect](world.rotator);

  test.for([-1, -8, -9])(
    'an occasional refusal (RPRT %d) of a position query counts as a missed reading',
    async (code, { world }) => {
      world.server.script = refusePositionQueries(wellBehaved(world), code, (query) => query % 3 !== 1);
      await world.client.probe({ rotor: world.rotor() });
      const hold = await world.hold();
      await world.slew(hold, at(5, 2));
      const { position } = await world.client.getPosition({ rotor: world.rotor() });
      expect(position?.pointing).toEqual(at(5, 2));
      expect(world.stopsSent).toEqual([]);
    },
  );

  test('a refused reading is never reported as a limit, and its message names the command', async ({
    world,
  }) => {
    await world.client.probe({ rotor: world.rotor() });
    world.server.script = refusePositionQueries(wellBehaved(world), -1, () => true);
    await expect(world.client.getPosition({ rotor: world.rotor() })).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'rotctld refused to read the position (p): its controller could not be read (RPRT -1)',
    });
  });

  test('a rotor without readbacks during a move is stopped after a time; the lease is kept', async ({
    world,
  }) => {
    const hold = await world.hold();
    const going = world.startSlew(hold, at(400));
    await world.untilMoving();
    world.server.script = refusePositionQueries(wellBehaved(world), -8, () => world.stopsSent.length === 0);
    await expect(going).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(
        /^rotctld refused to read the position \(p\) \d+ times in a row within 3/,
      ) as string,
    });
    expect(world.azimuthDeg).toBeLessThan(200);
    world.server.script = wellBehaved(world);
    await world.slew(hold, at(world.azimuthDeg + 1));
  });

  test('on a slow link a stop is sent once, over the only connection, and confirmed', async ({ world }) => {
    const hold = await world.hold();
    const before = world.server.connections;
    world.server.script = slowScript(wellBehaved(world), 800);
    void world.startSlew(hold, at(400));
    await world.untilMoving();
    const { position, remark } = await world.client.stop({ rotor: world.rotor(), token: hold.token });
    expect({ remark, moving: position?.moving }).toEqual({ remark: undefined, moving: false });
    expect(position?.pointing?.azimuthDeg).toBeCloseTo(world.azimuthDeg, 1);
    expect(world.stopsSent).toHaveLength(1);
    expect(world.server.connections).toBe(before);
  });
});
