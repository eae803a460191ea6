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
  plainScript,
  startScriptedRotctld,
  type FakeRotator,
  type Script,
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

describe('rotor-driver and hardware that fails', () => {
  let rotator: FakeRotator;
  let server: ScriptedRotctld;
  let polite: Script;
  let driver: TestDriver;
  let rotor: ReturnType<typeof testRotor>;

  beforeEach(async () => {
    rotator = createFakeRotator(20);
    polite = hamlibScript(rotator);
    server = await startScriptedRotctld(polite);
    driver = await startTestDriver();
    rotor = testRotor(server.port);
  });
  afterEach(async () => {
    await driver.close();
    await server.close();
  });

  const sent = (what: RegExp) => server.log.filter((line) => what.test(line));
  const moves = () => sent(/:\+?P/);
  const stops = () => sent(/:\+?S$/);
  const refusesToStop: Script = (line, caller) => {
    if (line === '+S') caller.say('stop:\nRPRT -11\n');
    else if (line === 'S') caller.say('RPRT -11\n');
    else polite(line, caller);
  };
  const rest = (rotator: FakeRotator) => rotator.read()[0];

  test('nothing is sent for a target outside the limits, whoever sets them', async () => {
    const hold = await holdRotor(driver.client, {
      ...rotor,
      limits: { azMinDeg: -400, azMaxDeg: 900, elMinDeg: -10, elMaxDeg: 60 },
    });
    for (const target of [at(451, 10), at(-181, 10), at(0, 61), at(0, -1), at(NaN), at(0, Infinity)])
      await expect(slew(driver.client, hold.token, target)).rejects.toThrow();
    expect(moves()).toEqual([]);
  });

  test('nothing is sent for an old or unknown token', async () => {
    const hold = await holdRotor(driver.client, rotor);
    for (const token of [0, hold.token - 1, hold.token + 1])
      await expect(slew(driver.client, token, at(5))).rejects.toMatchObject({ kind: 'lease_lost' });
    hold.release();
    await hold.ended;
    await expect(slew(driver.client, hold.token, at(5))).rejects.toMatchObject({ kind: 'lease_lost' });
    expect(moves()).toEqual([]);
  });

  test('numbers go out in a fixed format', async () => {
    const hold = await holdRotor(driver.client, rotor);
    await slew(driver.client, hold.token, at(1 / 3, 1e-9));
    expect(moves()).toEqual(['1:+P 0.3333 0.0000']);
  });

  test('a plain server is driven as well', async () => {
    server.script = plainScript(rotator);
    const hold = await holdRotor(driver.client, rotor);
    const { readback } = await slew(driver.client, hold.token, at(7, 3));
    expect(readback).toEqual(at(7, 3));
    await driver.client.stop({ rotor });
    expect(stops().length).toBeGreaterThan(0);
  });

  test('a readback of whole degrees arrives', async () => {
    const whole: FakeRotator = { ...rotator, read: () => rotator.read().map(Math.round) as [number, number] };
    server.script = hamlibScript(whole);
    const hold = await holdRotor(driver.client, rotor);
    const { readback } = await slew(driver.client, hold.token, at(10.4, 2));
    expect(readback).toEqual(at(10, 2));
    expect(rest(rotator)).toBeCloseTo(10.4, 5);
  });

  test('a rotor that is stuck is stopped, tried once more, and reported', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const stuck = createFakeRotator();
    stuck.go = () => undefined;
    server.script = hamlibScript(stuck);
    await expect(slew(driver.client, hold.token, at(20))).rejects.toMatchObject({
      kind: 'hardware_fault',
      message: expect.stringMatching(
        /^stalled at az 0 el 0 on the way to az 20 el 0; likely causes: cable, ice/,
      ) as string,
    });
    expect(moves()).toHaveLength(2);
    expect(stops().length).toBeGreaterThan(1);
    server.script = polite;
    await slew(driver.client, hold.token, at(2)); // the lease has stayed
  });

  test.each<[string, () => FakeRotator, RegExp]>([
    [
      'stops 2 deg short',
      () => ({ ...rotator, go: (az, el) => rotator.go(az - 2, el) }),
      /it rests 2 deg short, tolerance_deg is 1: a tolerance_deg of 2\.1 would suffice/,
    ],
    [
      'ignores what is less than its dead band',
      () => ({ ...rotator, go: (az, el) => (az > 30 ? rotator.go(az, el) : undefined) }),
      /it did not move on a way of 4 deg; likely causes: a dead band/,
    ],
  ])('a controller that %s is told from a stuck rotor', async (name, controller, message) => {
    rotator = createFakeRotator(60);
    const seen = controller();
    server.script = hamlibScript(seen);
    const hold = await holdRotor(driver.client, rotor);
    const target = at(name.startsWith('ignores') ? 4 : 20);
    await expect(slew(driver.client, hold.token, target)).rejects.toMatchObject({
      kind: 'hardware_fault',
      message: expect.stringMatching(message) as string,
    });
  });

  test('one readback that cannot be is ignored', async () => {
    const hold = await holdRotor(driver.client, rotor);
    let polls = 0;
    server.script = (line, caller) => {
      if (line === '+p' && ++polls === 3) caller.say('get_pos:\nAzimuth: 300.00\nElevation: 0.00\nRPRT 0\n');
      else if (line === '+p' && polls === 4) caller.say('get_pos:\nAzimuth: nan\nElevation: nan\nRPRT 0\n');
      else polite(line, caller);
    };
    const { readback } = await slew(driver.client, hold.token, at(20));
    expect(readback?.azimuthDeg).toBeCloseTo(20, 1);
    expect(polls).toBeGreaterThan(4);
  });

  test.each([
    ['jumps', 'get_pos:\nAzimuth: 300.00\nElevation: 0.00\nRPRT 0\n'],
    ['is no number', 'get_pos:\nAzimuth: nan\nElevation: nan\nRPRT 0\n'],
  ])('a position that %s for good ends the slew, and the rotor is stopped', async (_, nonsense) => {
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(200));
    going.catch(() => undefined);
    await until('motion', () => rest(rotator) > 1);
    server.script = (line, caller) => {
      if (/^\+?p$/.test(line) && stops().length === 0) caller.say(nonsense);
      else polite(line, caller);
    };
    await expect(going).rejects.toMatchObject({ kind: 'hardware_fault' });
    expect(stops().length).toBeGreaterThan(0);
    expect(rest(rotator)).toBeLessThan(200);
  });

  test('a rotor that does not heed the first stop is told again', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(400));
    going.catch(() => undefined);
    await until('motion', () => rest(rotator) > 1);
    server.script = (line, caller) => {
      if (/^\+?S$/.test(line) && stops().length === 1) caller.say('stop:\nRPRT 0\n');
      else polite(line, caller);
    };
    hold.cut();
    await until('a second stop', () => stops().length >= 2);
    await until('rest', async () => {
      const before = rest(rotator);
      await driver.client.getPosition({ rotor });
      return rest(rotator) === before;
    });
    expect(rest(rotator)).toBeLessThan(400);
  });

  test('a controller that cannot be stopped is watched until it rests, and that is said', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(30));
    going.catch(() => undefined);
    await until('motion', () => rest(rotator) > 1);
    server.script = refusesToStop;
    const { position, remark } = await driver.client.stop({ rotor });
    expect(remark).toBe(
      'rotctld refused to stop (S): the rotator cannot do that (RPRT -11); the rotor rests by itself',
    );
    expect(position).toMatchObject({ pointing: at(30), moving: false });
    expect(rest(rotator)).toBe(30);
  });

  test('one that cannot be stopped and does not come to rest is a fault', async () => {
    rotator.go(400, 0);
    await until('motion', () => rest(rotator) > 1);
    server.script = refusesToStop;
    await expect(driver.client.stop({ rotor })).rejects.toThrow(
      /^the rotor goes on moving at az \S+ el 0 after 5 stops, all of them refused$/,
    );
  });

  test('how long an answer may take is configured', async () => {
    await driver.close();
    driver = await startTestDriver({ ROTCTLD_TIMEOUT_MS: '600' });
    await driver.client.probe({ rotor });
    server.script = () => undefined;
    await expect(driver.client.getPosition({ rotor })).rejects.toThrow('did not answer within 600 ms');
  });

  test('a dead holder whose rotor cannot be reached: it is stopped as soon as it can be', async () => {
    const hold = await holdRotor(driver.client, rotor);
    slew(driver.client, hold.token, at(400)).catch(() => undefined);
    await until('motion', () => rest(rotator) > 1);
    server.script = (_line, caller) => caller.hangUp();
    hold.cut();
    await until('stops in vain', () => stops().length >= 2);
    server.script = polite;
    const standsAt = await until('rest', async () => {
      const before = rest(rotator);
      await driver.client.getPosition({ rotor });
      return rest(rotator) === before && before;
    });
    expect(standsAt).toBeLessThan(400);
  });

  test('a stop goes out while a command hangs', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(400));
    going.catch(() => undefined);
    await until('motion', () => rest(rotator) > 1);
    server.script = (line, caller) => {
      if (caller.connection > 1) polite(line, caller);
    };
    const asked = sent(/:\+p$/).length;
    await until('a poll that hangs', () => sent(/:\+p$/).length > asked);
    const { position } = await driver.client.stop({ rotor });
    expect(stops().some((line) => line.startsWith('2:'))).toBe(true);
    expect(position?.moving).toBe(false);
    expect(rest(rotator)).toBeLessThan(400);
    await expect(hold.ended).resolves.toMatchObject({ reason: 'stopped by request' });
  });

  test.each([
    ['refuses', 'get_pos:\nRPRT -5\n'],
    ['has lost its port', 'get_pos:\nRPRT -6\n'],
  ])('a daemon whose controller %s is unavailable', async (_, refusal) => {
    server.script = (line, caller) => {
      if (line === '+p') caller.say(refusal);
      else polite(line, caller);
    };
    await expect(driver.client.probe({ rotor })).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(driver.client.getPosition({ rotor })).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(holdRotor(driver.client, rotor)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('a server that accepts and never answers is unavailable', async () => {
    server.script = () => undefined;
    await expect(driver.client.probe({ rotor })).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('nobody at the port, or a place where no rotor may be, is unavailable', async () => {
    await server.close();
    await expect(driver.client.probe({ rotor })).rejects.toMatchObject({
      kind: 'unavailable',
      message: `rotctld at 127.0.0.1:${server.port} refused the connection (check that it runs there, and host and port of the rotor)`,
    });
    const places = ['169.254.169.254', '8.8.8.8', '0.0.0.0', 'no.such.host.invalid'].map((host) => ({
      host,
    }));
    for (const place of [...places, { port: driver.port }])
      await expect(driver.client.probe({ rotor: { ...rotor, ...place } })).rejects.toMatchObject({
        kind: 'unavailable',
        // The gateway recognises by this word that rotor-driver itself can be reached.
        message: expect.stringMatching(/^rotctld at /) as string,
      });
    server = await startScriptedRotctld(polite);
  });

  test('a rotor that moves when it is taken over is stopped first', async () => {
    rotator.go(300, 0);
    await until('motion', () => rest(rotator) > 1);
    const hold = await holdRotor(driver.client, rotor);
    expect(stops().length).toBeGreaterThan(0);
    await slew(driver.client, hold.token, at(rest(rotator) + 1));
  });

  test('whoever watches is told that the rotor is lost', async () => {
    const stream = driver.client.watchPosition({ rotor })[Symbol.asyncIterator]();
    await stream.next();
    await server.close();
    const untilLost = async () => {
      for (let next = await stream.next(); !next.done; next = await stream.next()) continue;
    };
    await expect(untilLost()).rejects.toMatchObject({ kind: 'unavailable' });
    server = await startScriptedRotctld(polite);
  });
});
