import { describe, expect } from 'vitest';
import { driverTest, type DriverWorld } from '../support/driver-world.ts';
import { at } from '../support/rotctld-driver.ts';
import { hamlibScript, plainScript, type Script } from '../support/rotctld-scripted.ts';

// What the connection test reports about a server and its rotator.

describe.concurrent('an unusable rotctld', () => {
  const test = driverTest({ degPerS: 20, env: () => ({ ROTCTLD_TIMEOUT_MS: '500' }) });

  test.for<[string, (line: string) => string, RegExp]>([
    ['unusable answers', (line) => (/p$/.test(line) ? 'HTTP/1.1 400\n\n' : ''), /sent an invalid answer/],
    ['no answers', () => '', /did not answer within/],
    [
      'refusals only',
      (line) => (line === '+p' ? 'get_pos:\nRPRT -5\n' : 'RPRT -5\n'),
      /refused to read the position \(p\)/,
    ],
  ])('%s: a probe gives the reason and lists its attempts', async ([, answer, reason], { world }) => {
    world.server.script = (line, { reply }) => reply(answer(line));
    const found = await world.client.probe({ rotor: world.rotor(), explain: true });
    expect(found.trouble).toMatch(reason);
    expect(found.attempts[0]).toMatch(/^\+p: /);
    await expect(world.client.probe({ rotor: world.rotor() })).rejects.toThrow(reason);
  });

  test('a malformed reply to a move is quoted in a fault that needs a person', async ({ world }) => {
    const wellBehaved = hamlibScript(world.rotator);
    world.server.script = (line, caller) => {
      if (line.startsWith('+')) caller.reply('RPRT -1\n');
      else
        wellBehaved(line, {
          ...caller,
          reply: (text) => caller.reply(line.startsWith('P') ? 'RPTR 0\n' : text),
        });
    };
    const hold = await world.hold();
    const tries: unknown[] = [];
    for (const az of [1, 2, 3]) tries.push(await world.slew(hold, at(az)).catch((error: unknown) => error));
    expect(tries[0]).toMatchObject({ kind: 'unavailable' });
    expect(tries.at(-1)).toMatchObject({
      kind: 'hardware_fault',
      message: expect.stringMatching(/^3 moves \(P\) in a row .*RPRT expected, RPTR 0 received/) as string,
    });
  });
});

describe.concurrent('a usable rotctld', () => {
  const test = driverTest({ degPerS: 200 });
  const probe = (world: DriverWorld, change = {}) => world.client.probe({ rotor: world.rotor(change) });

  test('a mount that moves home when the connection closes: names both positions, the causes and the remedy', async ({
    world,
  }) => {
    await world.moveByHand(40, 30);
    expect((await probe(world)).remarks).toEqual([]);
    world.server.closeAll();
    await world.moveByHand(0, 5);
    const homed = expect.stringMatching(
      /^its position changed without a command .* while rotctld was not connected: az 40 el 30 before, az 0 el 5 \d+\.\d s later; likely causes: a server that moves its mount home when a client disconnects, .*\. Switch the homing off/,
    ) as string;
    expect((await probe(world)).remarks).toEqual([homed]);
    expect((await probe(world)).remarks).toEqual([homed]);
    // A reconnect without a change removes the remark.
    world.server.closeAll();
    expect((await probe(world)).remarks).toEqual([]);
  });

  test('a connection lost during a move adds no remark about the mount', async ({ world }) => {
    world.server.script = hamlibScript(world.rotator);
    const hold = await world.hold();
    const going = world.startSlew(hold, at(100));
    await world.untilMoving();
    world.server.closeAll();
    await going;
    expect((await probe(world)).remarks).toEqual([]);
  });

  test('a controller with negative azimuths west of north is named with matching limits', async ({
    world,
  }) => {
    await world.moveByHand(-30, 10);
    const limits = { azMinDeg: 0, azMaxDeg: 360, elMinDeg: 0, elMaxDeg: 90 };
    expect((await probe(world, { limits })).remarks).toEqual([
      expect.stringMatching(
        /^it is at az -30 el 10, outside the limits .* negative. Set az_min to -180 and az_max to 180$/,
      ) as string,
    ]);
  });

  test.for<[string, string, (world: DriverWorld) => Script]>([
    [
      'hamlib',
      'Hamlib rotator',
      (world) => (line, caller) => {
        if (line === '+\\dump_caps')
          caller.reply('dump_caps:\nModel name:\t\tNone\nMfg name:\t\tNone\nRPRT 0\n');
        else hamlibScript(world.rotator)(line, caller);
      },
    ],
    [
      'plain',
      'rotctld (plain)',
      (world) => (line, caller) => {
        if (line === '_') caller.reply('None\n');
        else plainScript(world.rotator)(line, caller);
      },
    ],
  ])('a %s server without a name (None) is called %s', async ([dialect, model, script], { world }) => {
    world.server.script = script(world);
    expect(await probe(world)).toMatchObject({ dialect, model });
  });
});
