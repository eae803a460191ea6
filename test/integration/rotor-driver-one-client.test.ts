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
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

const SCRIPTS = { Hamlib: hamlibScript, plain: plainScript };

describe.each([
  ['Hamlib', 'leaves the second one waiting'],
  ['plain', 'leaves the second one waiting'],
  ['Hamlib', 'hangs up on the second one'],
  ['plain', 'hangs up on the second one'],
  ['Hamlib', 'opens its port again after each one'],
  ['plain', 'opens its port again after each one'],
] as const)('a %s server that takes one client at a time and %s', (dialect, others) => {
  let rotator: FakeRotator;
  let server: ScriptedRotctld;
  let driver: TestDriver;
  let rotor: ReturnType<typeof testRotor>;

  beforeEach(async () => {
    rotator = createFakeRotator(20);
    server = await startScriptedRotctld(SCRIPTS[dialect](rotator), { oneClient: others });
    driver = await startTestDriver();
    rotor = testRotor(server.port);
  });
  afterEach(async () => {
    await driver.close();
    await server.close();
  });

  test('is driven, read, probed and stopped over one connection', async () => {
    await driver.client.probe({ rotor });
    const hold = await holdRotor(driver.client, rotor);
    const answers = [slew(driver.client, hold.token, at(7, 3))];
    const others = Array.from({ length: 9 }, (_, index) =>
      index % 2 ? driver.client.probe({ rotor }) : driver.client.getPosition({ rotor }),
    );
    await Promise.all([...answers, ...others]);
    await driver.client.stop({ rotor });
    expect(server.mostOpen).toBe(1);
  });

  test('hangs in mid-move: it is stopped all the same, and quickly', async () => {
    const hold = await holdRotor(driver.client, rotor);
    slew(driver.client, hold.token, at(400)).catch(() => undefined);
    await until('motion', () => rotator.read()[0] > 1);
    const { script, connections } = server;
    server.script = (line, caller) => {
      if (caller.connection > connections) script(line, caller);
    };
    await driver.client.stop({ rotor });
    expect(server.log.some((line) => /^\d+:S$/.test(line) && parseInt(line) > connections)).toBe(true);
    expect(server.mostOpen).toBe(1);
    expect(rotator.read()[0]).toBeLessThan(100);
  });

  test('is away for a moment: what was learnt of it is not asked again', async () => {
    const before = await driver.client.probe({ rotor });
    server.hangUpOnAll();
    const strange = server.log.filter((line) => /:(_|D)$/.test(line)).length;
    expect(await driver.client.probe({ rotor })).toMatchObject({
      model: before.model,
      dialect: before.dialect,
    });
    expect(server.log.filter((line) => /:(_|D)$/.test(line))).toHaveLength(strange);
  });
});
