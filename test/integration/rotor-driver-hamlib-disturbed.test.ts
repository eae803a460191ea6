import { expect } from 'vitest';
import { describeWithPrograms } from '../support/peers.ts';
import { realRotorTest as test } from '../support/real-rotor.ts';
import { at, holdRotor, slew, testRotor } from '../support/rotctld-driver.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

describeWithPrograms(['rotctld'], 'rotor-driver and a real rotctld that is disturbed', () => {
  test.concurrent('detects that another client moves a resting rotor', async ({ real }) => {
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    await rotctld.send('P 90 0');
    const revoked = await hold.ended;
    expect(revoked?.mayReacquire).toBe(false);
    expect(revoked?.reason).toMatch(
      /^the rotor moved without a command from Sky Scan: az 0 el 0 before, az \S+ el 0 after; /,
    );
    await real.untilStopped();
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(60);
  });

  test.concurrent(
    'refuses a rotor with another position after a rotctld outage, and names both positions',
    async ({ real }) => {
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
      // Once reported and homed, the same holder continues from the reported position.
      const next = await until('a lease', () => holdRotor(driver.client, rotor));
      await slew(driver.client, next.token, at(6, 2));
      next.release();
      await expect(next.ended).resolves.toBeUndefined();
    },
  );

  test.concurrent(
    'keeps the lease if the position is the same after a restart of rotctld',
    async ({ real }) => {
      const { rotctld, driver, rotor } = real;
      const hold = await holdRotor(driver.client, rotor);
      await rotctld.restart();
      await until('a slew after that', () => slew(driver.client, hold.token, at(6, 2)));
      hold.release();
      await expect(hold.ended).resolves.toBeUndefined();
    },
  );

  test.concurrent('detects that another client moves it during a slew', async ({ real }) => {
    const { rotctld, driver, rotor } = real;
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(180));
    going.catch(() => undefined);
    await until('half a second of motion', async () => (await rotctld.position()).azimuthDeg > 6);
    await rotctld.send('P -90 0');
    await expect(going).rejects.toMatchObject({ kind: 'hardware_fault' });
    expect((await hold.ended)?.reason).toMatch(/^the rotor moves away from its target: /);
    await real.untilStopped();
    expect((await rotctld.position()).azimuthDeg).toBeGreaterThan(-60);
  });

  test.concurrent(
    'keeps the lease after a lost connection during a slew, and the slew can be repeated',
    async ({ real }) => {
      const { rotctld, driver } = real;
      const proxy = await startTcpProxy({ targetPort: rotctld.port });
      const rotor = testRotor(proxy.port);
      try {
        const hold = await holdRotor(driver.client, rotor);
        const going = slew(driver.client, hold.token, at(30));
        going.catch(() => undefined);
        await real.untilMoving();
        proxy.setCondition({ kind: 'refuse' });
        proxy.cut();
        await expect(going).rejects.toMatchObject({ kind: 'unavailable' });
        await expect(slew(driver.client, hold.token, at(3))).rejects.toMatchObject({ kind: 'unavailable' });
        proxy.setCondition({ kind: 'normal' });
        const { readback } = await slew(driver.client, hold.token, at(3));
        expect(readback?.azimuthDeg).toBeCloseTo(3, 1);
      } finally {
        await driver.client.stop({ rotor });
        await proxy.close();
      }
    },
  );

  test.concurrent(
    'does not continue from the position of a rotctld that died during a slew and lost its count',
    async ({ real }) => {
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
    },
  );
});
