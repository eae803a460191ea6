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
  refusingReadings,
  slowLine,
  startScriptedRotctld,
  type FakeRotator,
  type Script,
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

const SCRIPTS = { Hamlib: hamlibScript, plain: plainScript };

describe.each(['Hamlib', 'plain'] as const)('a poor link to a %s server', (dialect) => {
  let rotator: FakeRotator;
  let polite: Script;
  let server: ScriptedRotctld;
  let driver: TestDriver;
  let rotor: ReturnType<typeof testRotor>;

  beforeEach(async () => {
    rotator = createFakeRotator(20);
    polite = SCRIPTS[dialect](rotator);
    server = await startScriptedRotctld(polite);
    driver = await startTestDriver();
    rotor = testRotor(server.port);
  });
  afterEach(async () => {
    await driver.close();
    await server.close();
  });

  const stops = () => server.log.filter((line) => /:\+?S$/.test(line));

  test.each([-1, -8, -9])(
    'an occasional refusal (RPRT %d) of a reading is a missed reading',
    async (code) => {
      server.script = refusingReadings(polite, code, (query) => query % 3 !== 1);
      await driver.client.probe({ rotor });
      const hold = await holdRotor(driver.client, rotor);
      await slew(driver.client, hold.token, at(5, 2));
      const { position } = await driver.client.getPosition({ rotor });
      expect(position?.pointing).toEqual(at(5, 2));
      expect(stops()).toEqual([]);
    },
  );

  test('a refused reading is never a matter of the limits, and its message names the command', async () => {
    await driver.client.probe({ rotor });
    server.script = refusingReadings(polite, -1, () => true);
    await expect(driver.client.getPosition({ rotor })).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'rotctld refused to read the position (p): its controller could not be read (RPRT -1)',
    });
  });

  test('a rotor that is out of sight in mid-move for too long is stopped; the lease stays', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const going = slew(driver.client, hold.token, at(400));
    going.catch(() => undefined);
    await until('motion', () => rotator.read()[0] > 1);
    server.script = refusingReadings(polite, -8, () => stops().length === 0);
    await expect(going).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(
        /^rotctld refused to read the position \(p\) \d+ times in a row within 3/,
      ) as string,
    });
    expect(rotator.read()[0]).toBeLessThan(200);
    server.script = polite;
    await slew(driver.client, hold.token, at(rotator.read()[0] + 1));
  });

  test('a slow line: a stop is sent once, over the only connection, and the rotor is seen to rest', async () => {
    const hold = await holdRotor(driver.client, rotor);
    const before = server.connections;
    server.script = slowLine(polite, 800);
    const going = slew(driver.client, hold.token, at(400));
    going.catch(() => undefined);
    await until('motion', () => rotator.read()[0] > 1);
    const { position, remark } = await driver.client.stop({ rotor, token: hold.token });
    expect({ remark, moving: position?.moving }).toEqual({ remark: undefined, moving: false });
    expect(position?.pointing?.azimuthDeg).toBeCloseTo(rotator.read()[0], 1);
    expect(stops()).toHaveLength(1);
    expect(server.connections).toBe(before);
  });
});
