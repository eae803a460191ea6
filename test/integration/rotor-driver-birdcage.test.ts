import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RotctldClient } from '../../services/rotor-driver/motion/rotctld-client.ts';
import { createRotctldClient } from '../../services/rotor-driver/rotctld/client.ts';
import { createFakeBirdcage } from '../support/rotctld-birdcage.ts';
import { at } from '../support/rotctld-driver.ts';
import {
  createFakeRotator,
  hamlibScript,
  plainScript,
  QUICK_TIMINGS,
  startScriptedRotctld,
  type FakeRotator,
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';

const never = () => new AbortController().signal;

describe('a rotctld that may be birdcage', () => {
  let rotator: FakeRotator;
  let server: ScriptedRotctld;
  let client: RotctldClient;

  beforeEach(async () => {
    rotator = createFakeRotator();
    server = await startScriptedRotctld(hamlibScript(rotator));
    client = createRotctldClient({ addresses: ['127.0.0.1'], port: server.port }, QUICK_TIMINGS);
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });

  const pointing = async () => (await client.position(never())).pointing;

  test('is birdcage: it is asked what it can over the only connection, its amplifier is switched on before it measures', async () => {
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

  test('is birdcage without a receiver: it is not asked to measure', async () => {
    server.script = createFakeBirdcage(rotator, undefined, '').script;
    expect(await client.describe(never())).toMatchObject({ dialect: 'birdcage' });
    await expect(client.measure(3, 7, never())).rejects.toMatchObject({
      kind: 'unsupported',
      message: 'Rotor does not support RSSI',
    });
    expect(server.log.filter((line) => /:[RL]/.test(line))).toEqual([]);
  });

  test('is birdcage and refuses to measure after all: unsupported, and the connection stays', async () => {
    const dish = createFakeBirdcage(rotator);
    server.script = (line, caller) => {
      if (line.startsWith('R')) caller.say('RPRT -6\n');
      else dish.script(line, caller);
    };
    await expect(client.measure(3, 7, never())).rejects.toMatchObject({ kind: 'unsupported' });
    const { connections } = server;
    expect(await pointing()).toEqual(at(0));
    expect(server.connections).toBe(connections);
  });

  test.each(['nan', 'inf', '-92,5', '1e999', 'HTTP/1.1 400 Bad Request', '-2000'])(
    'is birdcage and measures %j: no level, and the connection is given up',
    async (nonsense) => {
      const dish = createFakeBirdcage(rotator);
      server.script = (line, caller) => {
        if (line.startsWith('R')) caller.say(`${nonsense}\n`);
        else dish.script(line, caller);
      };
      await expect(client.measure(1, 7, never())).rejects.toMatchObject({ name: 'GarbledReplyError' });
      await until('the connection is closed', () => server.open === 0);
    },
  );

  test('is Hamlib: letters that mean something else to it never go out', async () => {
    await expect(client.measure(3, 7, never())).rejects.toMatchObject({ kind: 'unsupported' });
    await client.describe(never());
    await pointing();
    expect(server.log.filter((line) => /:\+?[RLD]/.test(line))).toEqual([]);
  });

  test('may be Hamlib after all, which waits for its controller: the letters do not go out either', async () => {
    const plain = plainScript(rotator);
    server.script = (line, caller) => {
      // Answers the first position query, then hangs, as one whose controller has died does.
      if (line === 'p' && !server.log.some((said) => said.endsWith('dump_state'))) plain(line, caller);
    };
    await client.describe(never()).catch(() => undefined);
    expect(server.log.filter((line) => /:\+?[RLD]/.test(line))).toEqual([]);
  });
});
