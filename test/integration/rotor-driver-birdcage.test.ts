import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RotctldClient } from '../../services/rotor-driver/motion/rotctld-client.ts';
import { createFakeBirdcage } from '../support/rotctld-birdcage.ts';
import { at } from '../support/rotctld-driver.ts';
import {
  plainScript,
  QUICK_TIMINGS,
  type FakeRotator,
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';
import { startScriptedClient } from '../support/scripted-client.ts';
import { until } from '../support/until.ts';

const never = () => new AbortController().signal;

describe('dialect detection: a rotctld', () => {
  let rotator: FakeRotator;
  let server: ScriptedRotctld;
  let client: RotctldClient;

  beforeEach(async () => {
    ({ rotator, server, client } = await startScriptedClient(QUICK_TIMINGS));
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });

  const pointing = async () => (await client.position(never())).pointing;

  test('that is birdcage is queried over one connection, and its amplifier is switched on before it measures', async () => {
    const dish = createFakeBirdcage(rotator);
    server.script = dish.script;
    expect(await client.describe(never())).toEqual({
      dialect: 'birdcage',
      model: 'Birdcage',
      receiver: { lna: true },
    });
    expect(dish.amplified).toBe(false);
    expect(await client.measure(3, 7, never())).toEqual({ levels: [-90, -90, -90], summarised: false });
    await client.measure(1, 7, never());
    expect(dish.switched).toBe(1);
    await client.measure(1, 8, never());
    expect(dish.switched).toBe(2);
    expect(server.log.filter((line) => line.endsWith(':D'))).toHaveLength(1);
    expect(await pointing()).toEqual(at(0));
    expect(server.log.at(-1)).toBe('1:p');
  });

  test('that is birdcage without a receiver gets no measurement command', async () => {
    server.script = createFakeBirdcage(rotator, undefined, '').script;
    expect(await client.describe(never())).toMatchObject({ dialect: 'birdcage' });
    await expect(client.measure(3, 7, never())).rejects.toMatchObject({
      kind: 'unsupported',
      message: 'Rotor does not support RSSI',
    });
    expect(server.log.filter((line) => /:[RL]/.test(line))).toEqual([]);
  });

  test('that is birdcage but refuses to measure is unsupported, and the connection stays open', async () => {
    const dish = createFakeBirdcage(rotator);
    server.script = (line, caller) => {
      if (line.startsWith('R')) caller.reply('RPRT -6\n');
      else dish.script(line, caller);
    };
    await expect(client.measure(3, 7, never())).rejects.toMatchObject({ kind: 'unsupported' });
    const { connections } = server;
    expect(await pointing()).toEqual(at(0));
    expect(server.connections).toBe(connections);
  });

  test.each(['nan', 'inf', '-92,5', '1e999', 'HTTP/1.1 400 Bad Request', '-2000'])(
    'that is birdcage and measures %j gives no level, and the connection is closed',
    async (nonsense) => {
      const dish = createFakeBirdcage(rotator);
      server.script = (line, caller) => {
        if (line.startsWith('R')) caller.reply(`${nonsense}\n`);
        else dish.script(line, caller);
      };
      await expect(client.measure(1, 7, never())).rejects.toMatchObject({ name: 'GarbledReplyError' });
      await until('the connection is closed', () => server.open === 0);
    },
  );

  test('that is Hamlib never gets commands with another meaning there', async () => {
    await expect(client.measure(3, 7, never())).rejects.toMatchObject({ kind: 'unsupported' });
    await client.describe(never());
    await pointing();
    expect(server.log.filter((line) => /:\+?[RLD]/.test(line))).toEqual([]);
  });

  test('that may be Hamlib waiting for its controller does not get them either', async () => {
    const plain = plainScript(rotator);
    server.script = (line, caller) => {
      // Replies to the first position query, then hangs, like one with a dead controller.
      if (line === 'p' && !server.log.some((line) => line.endsWith('dump_state'))) plain(line, caller);
    };
    await client.describe(never()).catch(() => undefined);
    expect(server.log.filter((line) => /:\+?[RLD]/.test(line))).toEqual([]);
  });
});
