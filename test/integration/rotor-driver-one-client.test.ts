import { describe, expect } from 'vitest';
import { driverTest } from '../support/driver-world.ts';
import { at } from '../support/rotctld-driver.ts';
import { hamlibScript, plainScript } from '../support/rotctld-scripted.ts';

const SCRIPTS = { Hamlib: hamlibScript, plain: plainScript };

describe.concurrent.each([
  ['Hamlib', 'leaves the second one waiting'],
  ['plain', 'leaves the second one waiting'],
  ['Hamlib', 'hangs up on the second one'],
  ['plain', 'hangs up on the second one'],
  ['Hamlib', 'opens its port again after each one'],
  ['plain', 'opens its port again after each one'],
] as const)('a %s server that takes one client at a time and %s', (dialect, others) => {
  const test = driverTest({ degPerS: 20, script: SCRIPTS[dialect], server: { oneClient: others } });

  test('is driven, read, probed and stopped over one connection', async ({ world }) => {
    await world.client.probe({ rotor: world.rotor() });
    const hold = await world.hold();
    const answers = [world.slew(hold, at(7, 3))];
    const others = Array.from({ length: 9 }, (_, index) =>
      index % 2
        ? world.client.probe({ rotor: world.rotor() })
        : world.client.getPosition({ rotor: world.rotor() }),
    );
    await Promise.all([...answers, ...others]);
    await world.client.stop({ rotor: world.rotor() });
    expect(world.server.maxOpen).toBe(1);
  });

  test('is stopped quickly when it hangs during a move', async ({ world }) => {
    const hold = await world.hold();
    void world.startSlew(hold, at(400));
    await world.untilMoving();
    const { script, connections } = world.server;
    world.server.script = (line, caller) => {
      if (caller.connection > connections) script(line, caller);
    };
    await world.client.stop({ rotor: world.rotor() });
    expect(world.server.log.some((line) => /^\d+:S$/.test(line) && parseInt(line) > connections)).toBe(true);
    expect(world.server.maxOpen).toBe(1);
    expect(world.azimuthDeg).toBeLessThan(100);
  });

  test('is not queried again for known properties after a short outage', async ({ world }) => {
    const before = await world.client.probe({ rotor: world.rotor() });
    world.server.closeAll();
    const strange = world.sent(/:(_|D)$/).length;
    expect(await world.client.probe({ rotor: world.rotor() })).toMatchObject({
      model: before.model,
      dialect: before.dialect,
    });
    expect(world.sent(/:(_|D)$/)).toHaveLength(strange);
  });
});
