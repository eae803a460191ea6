import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeWithPrograms } from '../support/peers.ts';
import {
  at,
  holdRotor,
  slew,
  startTestDriver,
  testRotor,
  type TestDriver,
} from '../support/rotctld-driver.ts';
import { rests, startRealRotctld, type RealRotctld } from '../support/rotctld-real.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

describeWithPrograms(['rotctld'], 'rotor-driver and the real rotctld', () => {
  let rotctld: RealRotctld;
  let driver: TestDriver;
  let rotor: ReturnType<typeof testRotor>;

  beforeEach(async () => {
    rotctld = await startRealRotctld();
    driver = await startTestDriver();
    rotor = testRotor(rotctld.port);
  });
  afterEach(async () => {
    await driver.close();
    await rotctld.kill();
  });

  const underWay = () => until('the rotor moves', async () => (await rotctld.position()).azimuthDeg > 1);
  const stopped = () => until('the rotor stands', () => rests(rotctld));

  test('says who it is, how far it travels and where it points', async () => {
    const answer = await driver.client.probe({ rotor });
    expect(answer).toMatchObject({
      model: 'Hamlib Dummy',
      dialect: 'hamlib',
      reportedLimits: { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 },
      position: { pointing: at(0), moving: false },
    });
    expect((await driver.client.getPosition({ rotor })).position?.pointing).toEqual(at(0));
  });

  test('goes from cell to cell and is there when it says so', async () => {
    const hold = await holdRotor(driver.client, rotor);
    for (const target of [at(2), at(4), at(4, 2), at(-3, 1), at(-3.33, 1.25)]) {
      const startedMs = performance.now();
      const before = await rotctld.position();
      const { readback } = await slew(driver.client, hold.token, target);
      expect(readback?.azimuthDeg).toBeCloseTo(target.azimuthDeg, 1);
      expect(readback?.elevationDeg).toBeCloseTo(target.elevationDeg, 1);
      const now = await rotctld.position();
      expect(now.azimuthDeg).toBeCloseTo(target.azimuthDeg, 1);
      // 6 deg/s: sooner is a lie.
      expect(performance.now() - startedMs).toBeGreaterThan(
        (1000 * (Math.abs(now.azimuthDeg - before.azimuthDeg) - 0.05)) / 6,
      );
    }
    hold.release();
    await expect(hold.ended).resolves.toBeUndefined();
  });

  test('shows the way it goes', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const { progress } = await slew(driver.client, hold.token, at(8));
    const azimuths = progress.map(({ azimuthDeg }) => azimuthDeg);
    expect(azimuths.length).toBeGreaterThan(2);
    expect([...azimuths].sort((a, b) => a - b)).toEqual(azimuths);
  });

  test('refuses what is outside', async () => {
    const hold = await holdRotor(driver.client, {
      ...rotor,
      limits: { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 5, elMaxDeg: 90 },
    });
    await expect(slew(driver.client, hold.token, at(0, 4))).rejects.toMatchObject({
      kind: 'out_of_range',
      message: 'elevation 4 deg is outside 5..90 deg',
    });
    await expect(slew(driver.client, hold.token, at(451, 10))).rejects.toMatchObject({
      kind: 'out_of_range',
    });
  });

  test('has one holder at a time, and tokens that grow', async () => {
    const first = await holdRotor(driver.client, rotor, 'session 7');
    await expect(holdRotor(driver.client, rotor)).rejects.toMatchObject({
      kind: 'busy',
      message: 'the rotor is held by session 7',
    });
    // Another configuration of the same daemon is the same rotator, however its address is written.
    const spellings = [
      'localhost',
      '::ffff:127.0.0.1',
      '127.1',
      '0177.0.0.1',
      'LocalHost.',
      '::1',
      '127.0.0.2',
    ];
    for (const [index, host] of spellings.entries()) {
      const other = { ...rotor, id: index + 2, host };
      await expect(holdRotor(driver.client, other)).rejects.toMatchObject({ kind: 'busy' });
      await expect(driver.client.move({ rotor: other, target: at(1) })).rejects.toMatchObject({
        kind: 'busy',
      });
    }
    await expect(driver.client.move({ rotor, target: at(1) })).rejects.toMatchObject({ kind: 'busy' });
    first.release();
    await first.ended;
    const second = await holdRotor(driver.client, rotor);
    expect(second.token).toBeGreaterThan(first.token);
    await expect(slew(driver.client, first.token, at(10))).rejects.toMatchObject({ kind: 'lease_lost' });
    expect(await rotctld.position()).toEqual(at(0));
  });

  test('stops the rotor when its holder dies', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await underWay();
    hold.cut();
    await expect(going).rejects.toMatchObject({ kind: 'lease_lost' });
    await stopped();
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(90);
    const next = await holdRotor(driver.client, rotor);
    await slew(driver.client, next.token, await rotctld.position());
  });

  test('stops the rotor when its holder falls silent', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    hold.fallSilent();
    await expect(hold.ended).resolves.toEqual({ reason: 'no heartbeat for 3 s', mayReacquire: true });
    await expect(going).rejects.toMatchObject({ kind: 'lease_lost' });
    await stopped();
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(120);
    await expect(slew(driver.client, hold.token, at(0))).rejects.toMatchObject({ kind: 'lease_lost' });
  });

  test('anybody may stop it, which ends the lease', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await underWay();
    const { position } = await driver.client.stop({ rotor });
    expect(position?.moving).toBe(false);
    expect(await rests(rotctld)).toBe(true);
    expect(position?.pointing).toEqual(await rotctld.position());
    await expect(going).rejects.toMatchObject({ kind: 'lease_lost', message: 'stopped by request' });
    await expect(hold.ended).resolves.toEqual({ reason: 'stopped by request', mayReacquire: false });
  });

  test('its holder may stop it and keeps it', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await underWay();
    await driver.client.stop({ rotor, token: hold.token });
    expect(await rests(rotctld)).toBe(true);
    await expect(going).rejects.toMatchObject({ kind: 'cancelled' });
    const { azimuthDeg } = await rotctld.position();
    const { readback } = await slew(driver.client, hold.token, at(azimuthDeg + 1));
    expect(readback?.azimuthDeg).toBeCloseTo(azimuthDeg + 1, 1);
    await expect(driver.client.stop({ rotor, token: hold.token - 1 })).rejects.toMatchObject({
      kind: 'lease_lost',
    });
  });

  test('a slew that is given up stops the rotor', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const giveUp = new AbortController();
    const going = slew(driver.client, hold.token, at(180), giveUp.signal);
    going.catch(() => undefined);
    await underWay();
    giveUp.abort();
    await expect(going).rejects.toThrow();
    await stopped();
    await slew(driver.client, hold.token, await rotctld.position());
  });

  test('notices that another client moves a rotor that should rest', async () => {
    const hold = await holdRotor(driver.client, rotor);
    await rotctld.say('P 90 0');
    const revoked = await hold.ended;
    expect(revoked?.mayReacquire).toBe(false);
    expect(revoked?.reason).toMatch(
      /^the rotor moved without a command from Sky Scan: az 0 el 0 before, az \S+ el 0 after; /,
    );
    await stopped();
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(60);
  });

  test('a rotor that says another position after rotctld was away has lost its count: nothing is sent, both are named', async () => {
    const hold = await holdRotor(driver.client, rotor);
    await slew(driver.client, hold.token, at(4, 2));
    await rotctld.restart();
    expect(await rotctld.position()).toEqual(at(0));
    const revoked = await hold.ended;
    expect(revoked?.mayReacquire).toBe(false);
    expect(revoked?.reason).toMatch(/while rotctld was disconnected: az 4 el 2 before, az 0 el 0 after; /);
    await expect(slew(driver.client, hold.token, at(6, 2))).rejects.toMatchObject({ kind: 'lease_lost' });
    expect(await rotctld.position()).toEqual(at(0));
    // Reported, homed: whoever held it goes on from where it says it is.
    const next = await until('a lease', () => holdRotor(driver.client, rotor));
    await slew(driver.client, next.token, at(6, 2));
    next.release();
    await expect(next.ended).resolves.toBeUndefined();
  });

  test('a rotctld that says the same position after a restart keeps the lease', async () => {
    const hold = await holdRotor(driver.client, rotor);
    await rotctld.restart();
    await until('a slew after that', () => slew(driver.client, hold.token, at(6, 2)));
    hold.release();
    await expect(hold.ended).resolves.toBeUndefined();
  });

  test('notices that another client moves it in mid-slew', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await until('half a second of way', async () => (await rotctld.position()).azimuthDeg > 6);
    await rotctld.say('P -90 0');
    await expect(going).rejects.toMatchObject({ kind: 'hardware_fault' });
    expect((await hold.ended)?.reason).toMatch(/^the rotor moves away from its target: /);
    await stopped();
    expect((await rotctld.position()).azimuthDeg).toBeGreaterThan(-60);
  });

  test('survives a lost connection in mid-slew: the lease stays, the slew can be repeated', async () => {
    const proxy = await startTcpProxy({ targetPort: rotctld.port });
    try {
      rotor = testRotor(proxy.port);
      const hold = await holdRotor(driver.client, rotor);
      const going = slew(driver.client, hold.token, at(30));
      going.catch(() => undefined);
      await underWay();
      proxy.setWeather({ kind: 'refuse' });
      proxy.cut();
      await expect(going).rejects.toMatchObject({ kind: 'unavailable' });
      await expect(slew(driver.client, hold.token, at(3))).rejects.toMatchObject({ kind: 'unavailable' });
      proxy.setWeather({ kind: 'clear' });
      const { readback } = await slew(driver.client, hold.token, at(3));
      expect(readback?.azimuthDeg).toBeCloseTo(3, 1);
    } finally {
      await driver.client.stop({ rotor });
      await proxy.close();
    }
  });

  test('does not drive on from where a rotctld that died in mid-slew and lost its count says it is', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(30));
    going.catch(() => undefined);
    await until('rotor-driver has read more than 8 deg', async () => {
      const { position } = await driver.client.getPosition({ rotor });
      return (position?.pointing?.azimuthDeg ?? 0) > 8;
    });
    await rotctld.kill();
    await expect(going).rejects.toMatchObject({ kind: 'unavailable' });
    await rotctld.restart();
    await expect(slew(driver.client, hold.token, at(3))).rejects.toThrow();
    expect(await hold.ended).toMatchObject({
      mayReacquire: false,
      reason: expect.stringMatching(/^the position changed while rotctld was disconnected: /) as string,
    });
    expect(await rotctld.position()).toEqual(at(0));
  });

  test('moves by hand, and a new move replaces the old one', async () => {
    const { position } = await driver.client.move({ rotor, target: at(90) });
    expect(position).toMatchObject({ moving: true });
    await underWay();
    await expect(holdRotor(driver.client, rotor)).rejects.toMatchObject({
      kind: 'busy',
      message: 'the rotor is moving by hand',
    });
    await driver.client.move({ rotor, target: at(4, 3) });
    await until('it is there', async () => {
      const { azimuthDeg, elevationDeg } = await rotctld.position();
      return azimuthDeg === 4 && elevationDeg === 3;
    });
    await until('it is free', () => holdRotor(driver.client, rotor).catch(() => undefined));
  });

  test('parks', async () => {
    await driver.client.park({ rotor: { ...rotor, park: at(3, 2) } });
    await until('it is parked', async () => (await rotctld.position()).azimuthDeg === 3);
  });

  test('refuses a move by hand that is outside', async () => {
    await expect(driver.client.move({ rotor, target: at(0, 91) })).rejects.toMatchObject({
      kind: 'out_of_range',
    });
    await expect(driver.client.move({ rotor, target: at(NaN) })).rejects.toMatchObject({ kind: 'invalid' });
    expect(await rotctld.position()).toEqual(at(0));
  });

  test('shows its position to whoever watches', async () => {
    const watching = new AbortController();
    const seen: boolean[] = [];
    const watch = (async () => {
      for await (const { position } of driver.client.watchPosition({ rotor }, { signal: watching.signal }))
        if (position) seen.push(position.moving);
    })();
    watch.catch(() => undefined);
    await until('a first look', () => seen.length > 0);
    await driver.client.move({ rotor, target: at(3) });
    await until('motion', () => seen.includes(true));
    await until('rest', () => seen.at(-1) === false);
    watching.abort();
    await expect(watch).rejects.toThrow();
  });

  test('leaves no rotor moving when it ends', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await underWay();
    await driver.close();
    expect(await rests(rotctld)).toBe(true);
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(120);
  });
});
