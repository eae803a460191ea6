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
import { startRealRotctld, type RealRotctld } from '../support/rotctld-real.ts';

const DUMMY = ['-m', '1'];

describeWithPrograms(['rotctld'], 'limits that the real rotctld reports wrongly', () => {
  let rotctld: RealRotctld;
  let driver: TestDriver;

  beforeEach(async () => {
    driver = await startTestDriver();
  });
  afterEach(async () => {
    await driver.close();
    await rotctld.kill();
  });

  const rotorOf = (
    limits: Partial<{ azMinDeg: number; azMaxDeg: number; elMinDeg: number; elMaxDeg: number }>,
  ) =>
    testRotor(rotctld.port, {
      limits: { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90, ...limits },
    });

  test('with an elevation offset legal targets are refused until the owner disables the reported limits', async () => {
    rotctld = await startRealRotctld([...DUMMY, '-O', '10']);
    const rotor = rotorOf({ elMinDeg: -10, elMaxDeg: 80 });
    const { reportedLimits, remarks } = await driver.client.probe({ rotor });
    expect(reportedLimits).toMatchObject({ elMinDeg: 10, elMaxDeg: 100 });
    expect(remarks).toEqual([expect.stringContaining('Set trust_limits to false')]);
    const hold = await holdRotor(driver.client, rotor);
    await expect(slew(driver.client, hold.token, at(0, -8))).rejects.toMatchObject({ kind: 'out_of_range' });
    hold.release();
    await hold.ended;
    const own = { ...rotor, trustLimits: false };
    expect((await driver.client.probe({ rotor: own })).remarks).toEqual([]);
    const again = await holdRotor(driver.client, own);
    await slew(driver.client, again.token, at(0, -8));
    expect((await rotctld.position()).elevationDeg).toBeCloseTo(-8, 1);
    // Never beyond the configured limits.
    await expect(slew(driver.client, again.token, at(0, 81))).rejects.toMatchObject({ kind: 'out_of_range' });
  });

  test('an elevation range beyond the zenith is used up to the limit of the rotor', async () => {
    // With an offset, because the dummy starts at the lower end and needs 15 s to the zenith.
    rotctld = await startRealRotctld([...DUMMY, '-O', '-85']);
    const horizon = [{ azimuthDeg: 0, elevationDeg: 80 }];
    const rotor = { ...rotorOf({ elMinDeg: 80, elMaxDeg: 120 }), horizon, trustLimits: false };
    const hold = await holdRotor(driver.client, rotor);
    const { readback } = await slew(driver.client, hold.token, at(0, 96));
    expect(readback?.elevationDeg).toBeCloseTo(96, 1);
    expect((await rotctld.position()).elevationDeg).toBeCloseTo(96, 1);
    await expect(slew(driver.client, hold.token, at(0, 121))).rejects.toMatchObject({
      message: 'elevation 121 deg is outside 80..120 deg',
    });
    await expect(slew(driver.client, hold.token, at(0, 101))).rejects.toMatchObject({
      message:
        'elevation 101 deg at azimuth 0 deg (on the sky: az 180 el 79) is below the horizon mask 80 deg',
    });
  });

  test('with an azimuth offset the reported limits allow too much', async () => {
    rotctld = await startRealRotctld([...DUMMY, '-o', '-30']);
    const rotor = { ...rotorOf({ azMinDeg: -150, azMaxDeg: 480 }), trustLimits: false };
    const hold = await holdRotor(driver.client, rotor);
    await slew(driver.client, hold.token, at(32));
    expect((await rotctld.send('P 475 0')).trim()).toBe('RPRT 0'); // reported: 420 at most
  });

  test('with south_zero the reported azimuths do not forbid valid targets', async () => {
    rotctld = await startRealRotctld([...DUMMY, '-C', 'south_zero=1']);
    const rotor = rotorOf({ azMinDeg: -360, azMaxDeg: 630 });
    const { reportedLimits, remarks } = await driver.client.probe({ rotor });
    expect(reportedLimits).toMatchObject({ azMinDeg: -360, azMaxDeg: 630 });
    expect(remarks[0]).toContain('south_zero');
    expect((await rotctld.send('P 475 10')).trim()).toBe('RPRT 0');
  });
});
