import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RotctldClient } from '../../services/rotor-driver/motion/rotctld-client.ts';
import {
  plainScript,
  QUICK_TIMINGS,
  type FakeRotator,
  type Script,
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';
import { at } from '../support/rotctld-driver.ts';
import { clientOf, startScriptedClient } from '../support/scripted-client.ts';
import { until } from '../support/until.ts';

const never = () => new AbortController().signal;

describe('a faulty rotctld', () => {
  let rotator: FakeRotator;
  let server: ScriptedRotctld;
  let client: RotctldClient;
  let wellBehaved: Script;

  beforeEach(async () => {
    ({ rotator, wellBehaved, server, client } = await startScriptedClient());
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });

  /** For a server that does not reply to something. */
  function useQuickTimings(): void {
    client.close();
    client = clientOf(server, QUICK_TIMINGS);
  }

  const pointing = async () => (await client.position(never())).pointing;

  test('replies byte by byte', async () => {
    server.script = (line, caller) => {
      wellBehaved(line, {
        ...caller,
        reply: (text) => {
          for (const [index, letter] of text.split(/(?=[^])/).entries())
            setTimeout(() => caller.reply(letter), index / 10);
        },
      });
    };
    expect(await pointing()).toEqual(at(0));
    await client.move(at(12.5, 3), never());
    await until('arrival', async () => (await pointing()).azimuthDeg === 12.5);
    expect(server.connections).toBe(1);
  });

  test('replies twice: neither reply is used for another command, and the connection is closed', async () => {
    await pointing();
    server.script = (line, caller) => {
      wellBehaved(line, caller);
      wellBehaved(line, caller);
      server.script = wellBehaved;
    };
    // Both replies may arrive together or one after the other; the second is never used.
    await client.position(never()).catch(() => undefined);
    await client.move(at(5), never()).catch(() => undefined);
    expect(await pointing()).toEqual(expect.objectContaining({ elevationDeg: 0 }));
    expect(server.connections).toBe(2);
  });

  test('replies too late: the reply is ignored', async () => {
    useQuickTimings();
    await pointing();
    let replyLate: (() => void) | undefined;
    server.script = (line, caller) => {
      replyLate = () => caller.reply('get_pos:\nAzimuth: 99.00\nElevation: 99.00\nRPRT 0\n');
      server.script = wellBehaved;
    };
    await expect(client.position(never())).rejects.toMatchObject({ kind: 'unavailable' });
    replyLate?.();
    expect(await pointing()).toEqual(at(0));
    expect(server.connections).toBe(2);
  });

  test.each([
    ['another command', 'set_pos: 1 1\nRPRT 0\n'],
    ['not a number', 'get_pos:\nAzimuth: nan\nElevation: 0.00\nRPRT 0\n'],
    ['infinity', 'get_pos:\nAzimuth: 0.00\nElevation: 1e999\nRPRT 0\n'],
    ['a comma', 'get_pos:\nAzimuth: 12,5\nElevation: 0.00\nRPRT 0\n'],
    ['no values', 'get_pos:\nRPRT 0\n'],
    ['binary noise', '\x00\xff\x01\x02\n\n'],
    ['a line that is too long', `get_pos: ${'x'.repeat(2_000)}\n`],
  ])('replies with %s: no position, and the next query uses a new connection', async (_, nonsense) => {
    await pointing();
    server.script = (_line, caller) => {
      caller.reply(nonsense);
      server.script = wellBehaved;
    };
    const error = await client.position(never()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ kind: 'unavailable', name: 'GarbledReplyError' });
    expect(String(error)).not.toContain('xxx');
    expect(await pointing()).toEqual(at(0));
    expect(server.connections).toBe(2);
    await until('the old connection is closed', () => server.open === 1);
  });

  test('never ends its line: the connection is closed', async () => {
    await pointing();
    server.script = (_line, caller) => caller.reply('A'.repeat(100_000));
    await expect(client.position(never())).rejects.toMatchObject({ name: 'GarbledReplyError' });
    await until('the connection is closed', () => server.open === 0);
  });

  test('closes the connection in the middle of a reply', async () => {
    await pointing();
    server.script = (_line, caller) => {
      caller.reply('get_pos:\nAzimuth: 1');
      caller.hangUp();
      server.script = wellBehaved;
    };
    await expect(client.position(never())).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await pointing()).toEqual(at(0));
  });

  test('sends unrequested data, which is not used as a reply', async () => {
    let replyUnasked: (() => void) | undefined;
    server.script = (line, caller) => {
      replyUnasked = () => caller.reply('get_pos:\nAzimuth: 77.00\nElevation: 7.00\nRPRT 0\n');
      wellBehaved(line, caller);
    };
    await pointing();
    replyUnasked?.();
    await until('the connection is closed', () => server.open === 0);
    expect(await pointing()).toEqual(at(0));
  });

  test('never replies: one connection at a time, and all waiting callers get an error', async () => {
    useQuickTimings();
    server.script = () => undefined;
    const asked = Array.from({ length: 10 }, () => client.position(never()));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'rejected'));
    expect(server.connections).toBe(2); // one for each dialect
    await until('the connections are closed', () => server.open === 0);
  });

  test('supports only the plain form', async () => {
    server.script = plainScript(rotator);
    const recognition = await client.describe(never());
    expect(recognition).toEqual({ dialect: 'plain', model: 'Birdcage', limits: undefined });
    await client.move(at(6, 1), never());
    await until('arrival', async () => (await pointing()).azimuthDeg === 6);
    await client.stop();
    // It has refused dump_state, so it is not Hamlib, where `D` has another meaning.
    const strange = server.log.filter((line) => /:[^pPS_+\\]/.test(line));
    expect(strange).toEqual([expect.stringMatching(/^\d+:D$/)]);
    expect(server.connections).toBe(1); // every query had a reply
    await until('one connection is left', () => server.open === 1);
  });

  test('does not reply to unknown commands', async () => {
    useQuickTimings();
    const plain = plainScript(rotator);
    server.script = (line, caller) => {
      if (/^[pPS]/.test(line)) plain(line, caller);
    };
    expect(await client.describe(never())).toEqual({
      dialect: 'plain',
      model: 'rotctld (plain)',
      limits: undefined,
    });
    expect(await pointing()).toEqual(at(0));
  });

  test.each([
    ['1\n1\nmin_az=0.0\nmax_az=360.0\nmin_el=15.0\nmax_el=75.0\nsouth_zero=0\ndone\n'],
    ['0\n2\n0.000000\n360.000000\n15.000000\n75.000000\n'],
  ])('reports its limits in the plain form: %j', async (state) => {
    const plain = plainScript(rotator);
    server.script = (line, caller) => {
      if (line === '\\dump_state') caller.reply(state);
      else plain(line, caller);
    };
    expect((await client.describe(never())).limits).toEqual({
      azMinDeg: 0,
      azMaxDeg: 360,
      elMinDeg: 15,
      elMaxDeg: 75,
    });
    expect(server.log.filter((line) => /:[RLD]/.test(line))).toEqual([]); // this state is Hamlib's
  });

  test.each([
    [-1, 'out_of_range'],
    [-21, 'out_of_range'],
    [-5, 'unavailable'],
    [-6, 'unavailable'],
    [-8, 'unavailable'],
    [-11, 'unsupported'],
    [-9, 'hardware_fault'],
  ])('refuses with RPRT %d: %s, and the connection stays open', async (code, kind) => {
    await pointing();
    server.script = (line, caller) => {
      if (line.startsWith('+P')) caller.reply(`set_pos: 1 1\nRPRT ${code}\n`);
      else wellBehaved(line, caller);
    };
    await expect(client.move(at(1, 1), never())).rejects.toMatchObject({ kind });
    expect(await pointing()).toEqual(at(0));
    expect(server.connections).toBe(1);
  });

  test('hangs on a command: a stop is sent behind it at once, and over another connection if there is no reply', async () => {
    useQuickTimings();
    await pointing();
    server.log.length = 0;
    let maxOpen = 0;
    server.script = (line, caller) => {
      maxOpen = Math.max(maxOpen, server.open);
      if (caller.connection > 1) wellBehaved(line, caller);
    };
    const hanging = client.position(never());
    hanging.catch(() => undefined);
    await until('the command is sent', () => server.log.length > 0);
    const waiting = [client.position(never()), client.move(at(50), never())];
    for (const promise of waiting) promise.catch(() => undefined);
    await client.stop();
    expect(server.log.slice(0, 3)).toEqual(['1:+p', '1:+S', '2:S']);
    expect(maxOpen).toBe(1);
  });

  test('is busy for a moment: a stop is sent before all waiting commands', async () => {
    await pointing();
    const { connections } = server;
    server.log.length = 0;
    const held: (() => void)[] = [];
    server.script = (line, caller) => void held.push(() => wellBehaved(line, caller));
    const first = client.position(never());
    await until('the command is sent', () => server.log.length > 0);
    const answers = Promise.all([first, client.position(never()), client.stop()]);
    answers.catch(() => undefined);
    await until('the stop is sent', () => server.log.includes('1:+S'));
    server.script = wellBehaved;
    for (const answer of held) answer();
    await answers;
    expect(server.log.slice(0, 3)).toEqual(['1:+p', '1:+S', '1:+p']);
    expect(server.connections).toBe(connections);
  });

  test('commands are sent before queries, and queries of the same kind share a reply', async () => {
    const described = await Promise.all(Array.from({ length: 100 }, () => client.describe(never())));
    expect(new Set(described.map(({ model }) => model))).toEqual(new Set(['Test Script']));
    expect(server.log.filter((line) => line.endsWith('dump_state'))).toHaveLength(1);
    server.log.length = 0;
    const queries = Array.from({ length: 5 }, () => client.position(never()));
    await Promise.all([...queries, client.move(at(1), never())]);
    expect(server.log[0]).toBe('1:+P 1.0000 0.0000');
  });

  test('a move that was cancelled while it waited is never sent', async () => {
    await pointing();
    const giveUp = new AbortController();
    const first = client.position(never());
    const move = client.move(at(50), giveUp.signal);
    move.catch(() => undefined);
    giveUp.abort();
    await expect(move).rejects.toThrow();
    await first;
    await pointing();
    expect(server.log.filter((line) => line.includes('P'))).toEqual([]);
  });
});
