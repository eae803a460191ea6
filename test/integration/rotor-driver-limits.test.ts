import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
import { createFakeRotator, hamlibScript, startScriptedRotctld } from '../support/rotctld-scripted.ts';

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

  test('an elevation offset: what is legal is refused, until the owner trusts the own limits only', async () => {
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
    // Never beyond what the owner allows.
    await expect(slew(driver.client, again.token, at(0, 81))).rejects.toMatchObject({ kind: 'out_of_range' });
  });

  test('an azimuth offset: the other way round', async () => {
    rotctld = await startRealRotctld([...DUMMY, '-o', '-30']);
    const rotor = { ...rotorOf({ azMinDeg: -150, azMaxDeg: 480 }), trustLimits: false };
    const hold = await holdRotor(driver.client, rotor);
    await slew(driver.client, hold.token, at(32));
    expect((await rotctld.say('P 475 0')).trim()).toBe('RPRT 0'); // reported: 420 at most
  });

  test('south_zero: the reported azimuths forbid nothing that the controller takes', async () => {
    rotctld = await startRealRotctld([...DUMMY, '-C', 'south_zero=1']);
    const rotor = rotorOf({ azMinDeg: -360, azMaxDeg: 630 });
    const { reportedLimits, remarks } = await driver.client.probe({ rotor });
    expect(reportedLimits).toMatchObject({ azMinDeg: -360, azMaxDeg: 630 });
    expect(remarks[0]).toContain('south_zero');
    expect((await rotctld.say('P 475 10')).trim()).toBe('RPRT 0');
  });
});

describe('a rotctld that cannot be used', () => {
  test.each([
    [
      'unusable answers',
      (line: string) => (/p$/.test(line) ? 'HTTP/1.1 400\n\n' : ''),
      /something that is no answer/,
    ],
    ['no answers', () => '', /did not answer within/],
    [
      'refusals only',
      (line: string) => (line === '+p' ? 'get_pos:\nRPRT -5\n' : 'RPRT -5\n'),
      /refused to read the position \(p\)/,
    ],
  ])('%s: a probe explains it, and lists what was asked', async (_, answer, reason) => {
    const server = await startScriptedRotctld((line, { say }) => say(answer(line)));
    const driver = await startTestDriver({ ROTCTLD_TIMEOUT_MS: '500' });
    try {
      const found = await driver.client.probe({ rotor: testRotor(server.port), explain: true });
      expect(found.trouble).toMatch(reason);
      expect(found.attempts[0]).toMatch(/^\+p: /);
      await expect(driver.client.probe({ rotor: testRotor(server.port) })).rejects.toThrow(reason);
    } finally {
      await driver.close();
      await server.close();
    }
  });

  test('a typo in the report of a move is a fault that a person has to look at, and it is quoted', async () => {
    const rotator = createFakeRotator(20);
    const polite = hamlibScript(rotator);
    const server = await startScriptedRotctld((line, caller) => {
      if (line.startsWith('+')) caller.say('RPRT -1\n');
      else polite(line, { ...caller, say: (text) => caller.say(line.startsWith('P') ? 'RPTR 0\n' : text) });
    });
    const driver = await startTestDriver();
    try {
      const hold = await holdRotor(driver.client, testRotor(server.port));
      const tries: unknown[] = [];
      for (const az of [1, 2, 3])
        tries.push(await slew(driver.client, hold.token, at(az)).catch((error: unknown) => error));
      expect(tries[0]).toMatchObject({ kind: 'unavailable' });
      expect(tries.at(-1)).toMatchObject({
        kind: 'hardware_fault',
        message: expect.stringMatching(/^3 moves \(P\) in a row .*RPRT expected, RPTR 0 received/) as string,
      });
    } finally {
      await driver.close();
      await server.close();
    }
  });
});
