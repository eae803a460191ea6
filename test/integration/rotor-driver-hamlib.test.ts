import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeWithPrograms } from '../support/peers.ts';
import { startRealRotor, type RealRotor } from '../support/real-rotor.ts';
import { at, holdRotor, slew } from '../support/rotctld-driver.ts';
import { rests } from '../support/rotctld-real.ts';
import { until } from '../support/until.ts';

describeWithPrograms(['rotctld'], 'rotor-driver and the real rotctld', () => {
  let real: RealRotor;

  beforeEach(async () => {
    real = await startRealRotor();
  });
  afterEach(() => real.close());

  test('says who it is, how far it travels and where it points', async () => {
    const { driver, rotor } = real;
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
    const { rotctld, driver, rotor } = real;
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
    const { driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const { progress } = await slew(driver.client, hold.token, at(8));
    const azimuths = progress.map(({ azimuthDeg }) => azimuthDeg);
    expect(azimuths.length).toBeGreaterThan(2);
    expect([...azimuths].sort((a, b) => a - b)).toEqual(azimuths);
  });

  test('refuses what is outside', async () => {
    const { driver, rotor } = real;
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
    const { rotctld, driver, rotor } = real;
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
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await real.underWay();
    hold.cut();
    await expect(going).rejects.toMatchObject({ kind: 'lease_lost' });
    await real.stopped();
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(90);
    const next = await holdRotor(driver.client, rotor);
    await slew(driver.client, next.token, await rotctld.position());
  });

  test('stops the rotor when its holder falls silent', async () => {
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    hold.fallSilent();
    await expect(hold.ended).resolves.toEqual({ reason: 'no heartbeat for 3 s', mayReacquire: true });
    await expect(going).rejects.toMatchObject({ kind: 'lease_lost' });
    await real.stopped();
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(120);
    await expect(slew(driver.client, hold.token, at(0))).rejects.toMatchObject({ kind: 'lease_lost' });
  });

  test('anybody may stop it, which ends the lease', async () => {
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await real.underWay();
    const { position } = await driver.client.stop({ rotor });
    expect(position?.moving).toBe(false);
    expect(await rests(rotctld)).toBe(true);
    expect(position?.pointing).toEqual(await rotctld.position());
    await expect(going).rejects.toMatchObject({ kind: 'lease_lost', message: 'stopped by request' });
    await expect(hold.ended).resolves.toEqual({ reason: 'stopped by request', mayReacquire: false });
  });

  test('its holder may stop it and keeps it', async () => {
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await real.underWay();
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
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const giveUp = new AbortController();
    const going = slew(driver.client, hold.token, at(180), giveUp.signal);
    going.catch(() => undefined);
    await real.underWay();
    giveUp.abort();
    await expect(going).rejects.toThrow();
    await real.stopped();
    await slew(driver.client, hold.token, await rotctld.position());
  });

  test('moves by hand, and a new move replaces the old one', async () => {
    const { rotctld, driver, rotor } = real;
    const { position } = await driver.client.move({ rotor, target: at(90) });
    expect(position).toMatchObject({ moving: true });
    await real.underWay();
    await expect(holdRotor(driver.client, rotor)).rejects.toMatchObject({
      kind: 'busy',
      message: 'the rotor is executing a manual move',
    });
    await driver.client.move({ rotor, target: at(4, 3) });
    await until('it is there', async () => {
      const { azimuthDeg, elevationDeg } = await rotctld.position();
      return azimuthDeg === 4 && elevationDeg === 3;
    });
    await until('it is free', () => holdRotor(driver.client, rotor).catch(() => undefined));
  });

  test('parks', async () => {
    const { rotctld, driver, rotor } = real;
    await driver.client.park({ rotor: { ...rotor, park: at(3, 2) } });
    await until('it is parked', async () => (await rotctld.position()).azimuthDeg === 3);
  });

  test('refuses a move by hand that is outside', async () => {
    const { rotctld, driver, rotor } = real;
    await expect(driver.client.move({ rotor, target: at(0, 91) })).rejects.toMatchObject({
      kind: 'out_of_range',
    });
    await expect(driver.client.move({ rotor, target: at(NaN) })).rejects.toMatchObject({ kind: 'invalid' });
    expect(await rotctld.position()).toEqual(at(0));
  });

  test('shows its position to whoever watches', async () => {
    const { driver, rotor } = real;
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
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await real.underWay();
    await driver.close();
    expect(await rests(rotctld)).toBe(true);
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(120);
  });
});
