import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeWithPrograms } from '../support/peers.ts';
import { startRealRotor, type RealRotor } from '../support/real-rotor.ts';
import { at, holdRotor, slew, testRotor } from '../support/rotctld-driver.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

describeWithPrograms(
  ['rotctld'],
  'rotor-driver and a real rotctld that others move, or that goes away',
  () => {
    let real: RealRotor;

    beforeEach(async () => {
      real = await startRealRotor();
    });
    afterEach(() => real.close());

    test('notices that another client moves a rotor that should rest', async () => {
      const { rotctld, driver, rotor } = real;
      const hold = await holdRotor(driver.client, rotor);
      await rotctld.say('P 90 0');
      const revoked = await hold.ended;
      expect(revoked?.mayReacquire).toBe(false);
      expect(revoked?.reason).toMatch(
        /^the rotor moved without a command from Sky Scan: az 0 el 0 before, az \S+ el 0 after; /,
      );
      await real.stopped();
      expect((await rotctld.position()).azimuthDeg).toBeLessThan(60);
    });

    test('a rotor that says another position after rotctld was away has lost its count: nothing is sent, both are named', async () => {
      const { rotctld, driver, rotor } = real;
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
      const { rotctld, driver, rotor } = real;
      const hold = await holdRotor(driver.client, rotor);
      await rotctld.restart();
      await until('a slew after that', () => slew(driver.client, hold.token, at(6, 2)));
      hold.release();
      await expect(hold.ended).resolves.toBeUndefined();
    });

    test('notices that another client moves it in mid-slew', async () => {
      const { rotctld, driver, rotor } = real;
      const hold = await holdRotor(driver.client, rotor);
      const going = slew(driver.client, hold.token, at(180));
      going.catch(() => undefined);
      await until('half a second of way', async () => (await rotctld.position()).azimuthDeg > 6);
      await rotctld.say('P -90 0');
      await expect(going).rejects.toMatchObject({ kind: 'hardware_fault' });
      expect((await hold.ended)?.reason).toMatch(/^the rotor moves away from its target: /);
      await real.stopped();
      expect((await rotctld.position()).azimuthDeg).toBeGreaterThan(-60);
    });

    test('survives a lost connection in mid-slew: the lease stays, the slew can be repeated', async () => {
      const { rotctld, driver } = real;
      const proxy = await startTcpProxy({ targetPort: rotctld.port });
      const rotor = testRotor(proxy.port);
      try {
        const hold = await holdRotor(driver.client, rotor);
        const going = slew(driver.client, hold.token, at(30));
        going.catch(() => undefined);
        await real.underWay();
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
      const { rotctld, driver, rotor } = real;
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
  },
);
