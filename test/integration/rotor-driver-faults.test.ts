import { describe, expect } from 'vitest';
import { driverTest, type DriverWorld } from '../support/driver-world.ts';
import { at } from '../support/rotctld-driver.ts';
import {
  createFakeRotator,
  hamlibScript,
  plainScript,
  startScriptedRotctld,
  type FakeRotator,
  type Script,
} from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

describe.concurrent('rotor-driver with faulty hardware', () => {
  const test = driverTest({ degPerS: 20, axis: { speedDegPerS: 6, accelerationDegPerS2: 1_000 } });
  const wellBehaved =
    (world: DriverWorld): Script =>
    (line, caller) =>
      hamlibScript(world.rotator)(line, caller);
  const refusesToStop =
    (world: DriverWorld): Script =>
    (line, caller) => {
      if (line === '+S') caller.reply('stop:\nRPRT -11\n');
      else if (line === 'S') caller.reply('RPRT -11\n');
      else wellBehaved(world)(line, caller);
    };

  test('nothing is sent for a target outside the configured or reported limits', async ({ world }) => {
    const hold = await world.hold(
      world.rotor({ limits: { azMinDeg: -400, azMaxDeg: 900, elMinDeg: -10, elMaxDeg: 60 } }),
    );
    for (const target of [at(451, 10), at(-181, 10), at(0, 61), at(0, -1), at(NaN), at(0, Infinity)])
      await expect(world.slew(hold, target)).rejects.toThrow();
    expect(world.movesSent).toEqual([]);
  });

  test('nothing is sent for an old or unknown token', async ({ world }) => {
    const hold = await world.hold();
    for (const token of [0, hold.token - 1, hold.token + 1])
      await expect(world.slew({ token }, at(5))).rejects.toMatchObject({ kind: 'lease_lost' });
    hold.release();
    await hold.ended;
    await expect(world.slew(hold, at(5))).rejects.toMatchObject({ kind: 'lease_lost' });
    expect(world.movesSent).toEqual([]);
  });

  test('numbers are sent in a fixed format', async ({ world }) => {
    const hold = await world.hold();
    await world.slew(hold, at(1 / 3, 1e-9));
    expect(world.movesSent).toEqual(['1:+P 0.3333 0.0000']);
  });

  test('a plain server works too', async ({ world }) => {
    world.server.script = plainScript(world.rotator);
    const hold = await world.hold();
    const { readback } = await world.slew(hold, at(7, 3));
    expect(readback).toEqual(at(7, 3));
    await world.client.stop({ rotor: world.rotor() });
    expect(world.stopsSent.length).toBeGreaterThan(0);
  });

  test('a slew completes with a readback of whole degrees', async ({ world }) => {
    const whole: FakeRotator = {
      ...world.rotator,
      read: () => world.rotator.read().map(Math.round) as [number, number],
    };
    world.server.script = hamlibScript(whole);
    const hold = await world.hold();
    const { readback } = await world.slew(hold, at(10.4, 2));
    expect(readback).toEqual(at(10, 2));
    expect(world.azimuthDeg).toBeCloseTo(10.4, 5);
  });

  test('a stuck rotor is stopped, retried once, and reported', async ({ world }) => {
    const hold = await world.hold();
    const stuck = createFakeRotator();
    stuck.go = () => undefined;
    world.server.script = hamlibScript(stuck);
    await expect(world.slew(hold, at(20))).rejects.toMatchObject({
      kind: 'hardware_fault',
      message: expect.stringMatching(
        /^stalled at az 0 el 0 on the way to az 20 el 0; likely causes: cable, ice/,
      ) as string,
    });
    expect(world.movesSent).toHaveLength(2);
    expect(world.stopsSent.length).toBeGreaterThan(1);
    world.server.script = wellBehaved(world);
    await world.slew(hold, at(2)); // the lease is kept
  });

  test.for<[string, (world: DriverWorld) => FakeRotator, RegExp]>([
    [
      'stops 2 deg short',
      (world) => ({ ...world.rotator, go: (az, el) => world.rotator.go(az - 2, el) }),
      /it rests 2 deg short, tolerance_deg is 1: a tolerance_deg of 2\.1 would suffice/,
    ],
    [
      'ignores moves below its dead band',
      (world) => ({
        ...world.rotator,
        go: (az, el) => (az > 30 ? world.rotator.go(az, el) : undefined),
      }),
      /it did not move over a distance of 4 deg; likely causes: a dead band/,
    ],
  ])(
    'a controller that %s is distinguished from a stuck rotor',
    async ([name, controller, message], { world }) => {
      world.rotator = createFakeRotator(60);
      world.server.script = hamlibScript(controller(world));
      const hold = await world.hold();
      const target = at(name.startsWith('ignores') ? 4 : 20);
      await expect(world.slew(hold, target)).rejects.toMatchObject({
        kind: 'hardware_fault',
        message: expect.stringMatching(message) as string,
      });
    },
  );

  test('one impossible readback is ignored', async ({ world }) => {
    const hold = await world.hold();
    let polls = 0;
    world.server.script = (line, caller) => {
      if (line === '+p' && ++polls === 3)
        caller.reply('get_pos:\nAzimuth: 300.00\nElevation: 0.00\nRPRT 0\n');
      else if (line === '+p' && polls === 4) caller.reply('get_pos:\nAzimuth: nan\nElevation: nan\nRPRT 0\n');
      else wellBehaved(world)(line, caller);
    };
    const { readback } = await world.slew(hold, at(20));
    expect(readback?.azimuthDeg).toBeCloseTo(20, 1);
    expect(polls).toBeGreaterThan(4);
  });

  test.for([
    ['jumps', 'get_pos:\nAzimuth: 300.00\nElevation: 0.00\nRPRT 0\n'],
    ['is not a number', 'get_pos:\nAzimuth: nan\nElevation: nan\nRPRT 0\n'],
  ])(
    'a position that %s permanently ends the slew, and the rotor is stopped',
    async ([, nonsense = ''], { world }) => {
      const hold = await world.hold();
      const going = world.startSlew(hold, at(200));
      await world.untilMoving();
      world.server.script = (line, caller) => {
        if (/^\+?p$/.test(line) && world.stopsSent.length === 0) caller.reply(nonsense);
        else wellBehaved(world)(line, caller);
      };
      await expect(going).rejects.toMatchObject({ kind: 'hardware_fault' });
      expect(world.stopsSent.length).toBeGreaterThan(0);
      expect(world.azimuthDeg).toBeLessThan(200);
    },
  );

  test('a stop is repeated if the rotor ignores the first one', async ({ world }) => {
    const hold = await world.hold();
    void world.startSlew(hold, at(400));
    await world.untilMoving();
    world.server.script = (line, caller) => {
      if (/^\+?S$/.test(line) && world.stopsSent.length === 1) caller.reply('stop:\nRPRT 0\n');
      else wellBehaved(world)(line, caller);
    };
    hold.cut();
    await until('a second stop', () => world.stopsSent.length >= 2);
    await until('rest', async () => {
      const before = world.azimuthDeg;
      await world.client.getPosition({ rotor: world.rotor() });
      return world.azimuthDeg === before;
    });
    expect(world.azimuthDeg).toBeLessThan(400);
  });

  test('a rotor whose controller refuses to stop is watched until it rests, with a note', async ({
    world,
  }) => {
    const hold = await world.hold();
    void world.startSlew(hold, at(30));
    await world.untilMoving();
    world.server.script = refusesToStop(world);
    const { position, remark } = await world.client.stop({ rotor: world.rotor() });
    expect(remark).toBe(
      'rotctld refused to stop (S): the rotator cannot do that (RPRT -11); the rotor came to rest anyway',
    );
    expect(position).toMatchObject({ pointing: at(30), moving: false });
    expect(world.azimuthDeg).toBe(30);
  });

  test('a rotor that cannot be stopped and does not rest is a fault', async ({ world }) => {
    world.rotator.go(400, 0);
    await world.untilMoving();
    world.server.script = refusesToStop(world);
    await expect(world.client.stop({ rotor: world.rotor() })).rejects.toThrow(
      /^the rotor keeps moving at az \S+ el 0 after 5 stops, all of them refused$/,
    );
  });

  test('the reply timeout is configurable', async ({ world }) => {
    await world.restartDriver({ ROTCTLD_TIMEOUT_MS: '600' });
    await world.client.probe({ rotor: world.rotor() });
    world.server.script = () => undefined;
    await expect(world.client.getPosition({ rotor: world.rotor() })).rejects.toThrow(
      'did not answer within 600 ms',
    );
  });

  test('the rotor of a dead holder is stopped as soon as it can be reached', async ({ world }) => {
    const hold = await world.hold();
    void world.startSlew(hold, at(400));
    await world.untilMoving();
    world.server.script = (_line, caller) => caller.hangUp();
    hold.cut();
    await until('failed stops', () => world.stopsSent.length >= 2);
    world.server.script = wellBehaved(world);
    const restsAtDeg = await until('rest', async () => {
      const before = world.azimuthDeg;
      await world.client.getPosition({ rotor: world.rotor() });
      return world.azimuthDeg === before && before;
    });
    expect(restsAtDeg).toBeLessThan(400);
  });

  test('a stop is sent while a command hangs', async ({ world }) => {
    const hold = await world.hold();
    void world.startSlew(hold, at(400));
    await world.untilMoving();
    world.server.script = (line, caller) => {
      if (caller.connection > 1) wellBehaved(world)(line, caller);
    };
    const asked = world.sent(/:\+p$/).length;
    await until('a hanging poll', () => world.sent(/:\+p$/).length > asked);
    const { position } = await world.client.stop({ rotor: world.rotor() });
    expect(world.stopsSent.some((line) => line.startsWith('2:'))).toBe(true);
    expect(position?.moving).toBe(false);
    expect(world.azimuthDeg).toBeLessThan(400);
    await expect(hold.ended).resolves.toMatchObject({ reason: 'stopped by request' });
  });

  test.for([
    ['refuses', 'get_pos:\nRPRT -5\n'],
    ['has lost its port', 'get_pos:\nRPRT -6\n'],
  ])('a daemon whose controller %s is unavailable', async ([, refusal = ''], { world }) => {
    world.server.script = (line, caller) => {
      if (line === '+p') caller.reply(refusal);
      else wellBehaved(world)(line, caller);
    };
    await expect(world.client.probe({ rotor: world.rotor() })).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(world.client.getPosition({ rotor: world.rotor() })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    await expect(world.hold()).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('a server that accepts and never answers is unavailable', async ({ world }) => {
    world.server.script = () => undefined;
    await expect(world.client.probe({ rotor: world.rotor() })).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('a closed port or an invalid address is unavailable', async ({ world }) => {
    await world.server.close();
    await expect(world.client.probe({ rotor: world.rotor() })).rejects.toMatchObject({
      kind: 'unavailable',
      message: `rotctld at 127.0.0.1:${world.server.port} refused the connection (check that it runs there, and host and port of the rotor)`,
    });
    const places = ['169.254.169.254', '8.8.8.8', '0.0.0.0', 'no.such.host.invalid'].map((host) => ({
      host,
    }));
    for (const place of [...places, { port: world.driver.port }])
      await expect(world.client.probe({ rotor: { ...world.rotor(), ...place } })).rejects.toMatchObject({
        kind: 'unavailable',
        // The gateway uses this detail to see that rotor-driver itself is reachable.
        message: expect.stringMatching(/^rotctld at /) as string,
      });
    world.server = await startScriptedRotctld(wellBehaved(world));
  });

  test('a moving rotor is stopped first when it is acquired', async ({ world }) => {
    world.rotator.go(300, 0);
    await world.untilMoving();
    const hold = await world.hold();
    expect(world.stopsSent.length).toBeGreaterThan(0);
    await world.slew(hold, at(world.azimuthDeg + 1));
  });

  test('watchers are informed that the rotor is lost', async ({ world }) => {
    const stream = world.client.watchPosition({ rotor: world.rotor() })[Symbol.asyncIterator]();
    await stream.next();
    await world.server.close();
    const untilLost = async () => {
      for (let next = await stream.next(); !next.done; next = await stream.next()) continue;
    };
    await expect(untilLost()).rejects.toMatchObject({ kind: 'unavailable' });
    world.server = await startScriptedRotctld(wellBehaved(world));
  });
});
