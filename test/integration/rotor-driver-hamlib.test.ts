import { expect } from 'vitest';
import { describeWithPrograms } from '../support/peers.ts';
import { realRotorTest as test } from '../support/real-rotor.ts';
import { at, holdRotor, slew, startMove } from '../support/rotctld-driver.ts';
import { isStationary } from '../support/rotctld-real.ts';
import { until } from '../support/until.ts';

describeWithPrograms(['rotctld'], 'rotor-driver and the real rotctld', () => {
  test.concurrent('reports model, limits and position', async ({ real }) => {
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

  test.concurrent('slews from cell to cell and reports arrival only on target', async ({ real }) => {
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
      // At 6 deg/s an earlier arrival would be wrong.
      expect(performance.now() - startedMs).toBeGreaterThan(
        (1000 * (Math.abs(now.azimuthDeg - before.azimuthDeg) - 0.05)) / 6,
      );
    }
    hold.release();
    await expect(hold.ended).resolves.toBeUndefined();
  });

  test.concurrent('reports its position during a slew', async ({ real }) => {
    const { driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const { progress } = await slew(driver.client, hold.token, at(8));
    const azimuths = progress.map(({ azimuthDeg }) => azimuthDeg);
    expect(azimuths.length).toBeGreaterThan(2);
    expect([...azimuths].sort((a, b) => a - b)).toEqual(azimuths);
  });

  test.concurrent('refuses targets outside its limits', async ({ real }) => {
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

  test.concurrent('has one holder at a time and increasing fencing tokens', async ({ real }) => {
    const { rotctld, driver, rotor } = real;
    const first = await holdRotor(driver.client, rotor, 'session 7');
    await expect(holdRotor(driver.client, rotor)).rejects.toMatchObject({
      kind: 'busy',
      message: 'the rotor is held by session 7',
    });
    // Another configuration with the same daemon is the same rotator, in any spelling of its
    // address.
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
      await expect(
        startMove(driver.client.move({ rotor: other, target: at(1), keepsCall: true })),
      ).rejects.toMatchObject({
        kind: 'busy',
      });
    }
    await expect(
      startMove(driver.client.move({ rotor, target: at(1), keepsCall: true })),
    ).rejects.toMatchObject({
      kind: 'busy',
    });
    first.release();
    await first.ended;
    const second = await holdRotor(driver.client, rotor);
    expect(second.token).toBeGreaterThan(first.token);
    await expect(slew(driver.client, first.token, at(10))).rejects.toMatchObject({ kind: 'lease_lost' });
    expect(await rotctld.position()).toEqual(at(0));
  });

  test.concurrent('stops the rotor when its holder dies', async ({ real }) => {
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await real.untilMoving();
    hold.cut();
    await expect(going).rejects.toMatchObject({ kind: 'lease_lost' });
    await real.untilStopped();
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(90);
    const next = await holdRotor(driver.client, rotor);
    await slew(driver.client, next.token, await rotctld.position());
  });

  test.concurrent('stops the rotor when its holder sends no heartbeats', async ({ real }) => {
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    hold.stopHeartbeats();
    await expect(hold.ended).resolves.toEqual({ reason: 'no heartbeat for 3 s', mayReacquire: true });
    await expect(going).rejects.toMatchObject({ kind: 'lease_lost' });
    await real.untilStopped();
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(120);
    await expect(slew(driver.client, hold.token, at(0))).rejects.toMatchObject({ kind: 'lease_lost' });
  });

  test.concurrent('can be stopped by any client, which ends the lease', async ({ real }) => {
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await real.untilMoving();
    const { position } = await driver.client.stop({ rotor });
    expect(position?.moving).toBe(false);
    expect(await isStationary(rotctld)).toBe(true);
    expect(position?.pointing).toEqual(await rotctld.position());
    await expect(going).rejects.toMatchObject({ kind: 'lease_lost', message: 'stopped by request' });
    await expect(hold.ended).resolves.toEqual({ reason: 'stopped by request', mayReacquire: false });
  });

  test.concurrent('can be stopped by its holder, which keeps the lease', async ({ real }) => {
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await real.untilMoving();
    await driver.client.stop({ rotor, token: hold.token });
    expect(await isStationary(rotctld)).toBe(true);
    await expect(going).rejects.toMatchObject({ kind: 'cancelled' });
    const { azimuthDeg } = await rotctld.position();
    const { readback } = await slew(driver.client, hold.token, at(azimuthDeg + 1));
    expect(readback?.azimuthDeg).toBeCloseTo(azimuthDeg + 1, 1);
    await expect(driver.client.stop({ rotor, token: hold.token - 1 })).rejects.toMatchObject({
      kind: 'lease_lost',
    });
  });

  test.concurrent('stops the rotor when a slew is cancelled', async ({ real }) => {
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const giveUp = new AbortController();
    const going = slew(driver.client, hold.token, at(180), giveUp.signal);
    going.catch(() => undefined);
    await real.untilMoving();
    giveUp.abort();
    await expect(going).rejects.toThrow();
    await real.untilStopped();
    await slew(driver.client, hold.token, await rotctld.position());
  });

  test.concurrent('moves manually, and a new move replaces the old one', async ({ real }) => {
    const { rotctld, driver, rotor } = real;
    const { position } = await startMove(driver.client.move({ rotor, target: at(90), keepsCall: true }));
    expect(position).toMatchObject({ moving: true });
    await real.untilMoving();
    await expect(holdRotor(driver.client, rotor)).rejects.toMatchObject({
      kind: 'busy',
      message: 'the rotor is executing a manual move',
    });
    await startMove(driver.client.move({ rotor, target: at(4, 3), keepsCall: true }));
    await until('it is there', async () => {
      const { azimuthDeg, elevationDeg } = await rotctld.position();
      return azimuthDeg === 4 && elevationDeg === 3;
    });
    await until('it is free', () => holdRotor(driver.client, rotor).catch(() => undefined));
  });

  test.concurrent('parks', async ({ real }) => {
    const { rotctld, driver, rotor } = real;
    await startMove(driver.client.park({ rotor: { ...rotor, park: at(3, 2) }, keepsCall: true }));
    await until('it is parked', async () => (await rotctld.position()).azimuthDeg === 3);
  });

  test.concurrent('refuses a manual move outside its limits', async ({ real }) => {
    const { rotctld, driver, rotor } = real;
    await expect(
      startMove(driver.client.move({ rotor, target: at(0, 91), keepsCall: true })),
    ).rejects.toMatchObject({
      kind: 'out_of_range',
    });
    await expect(
      startMove(driver.client.move({ rotor, target: at(NaN), keepsCall: true })),
    ).rejects.toMatchObject({
      kind: 'invalid',
    });
    expect(await rotctld.position()).toEqual(at(0));
  });

  test.concurrent('streams its position to watchers', async ({ real }) => {
    const { driver, rotor } = real;
    const watching = new AbortController();
    const seen: boolean[] = [];
    const watch = (async () => {
      for await (const { position } of driver.client.watchPosition({ rotor }, { signal: watching.signal }))
        if (position) seen.push(position.moving);
    })();
    watch.catch(() => undefined);
    await until('a first position', () => seen.length > 0);
    await startMove(driver.client.move({ rotor, target: at(3), keepsCall: true }));
    await until('motion', () => seen.includes(true));
    await until('rest', () => seen.at(-1) === false);
    watching.abort();
    await expect(watch).rejects.toThrow();
  });

  test.concurrent('stops the rotor before it exits', async ({ real }) => {
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await real.untilMoving();
    await driver.close();
    expect(await isStationary(rotctld)).toBe(true);
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(120);
  });
});
