import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import type { RotctldClient } from '../../services/rotor-driver/motion/rotctld-client.ts';
import { at } from '../support/rotctld-driver.ts';
import {
  createFakeRotator,
  hamlibScript,
  QUICK_TIMINGS,
  startScriptedRotctld,
  type Caller,
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';
import { clientOf } from '../support/scripted-client.ts';

// Any garbage closes the connection with an error message that does not contain it.

const HTTP = 'HTTP/1.1 400 Bad Request\r\nServer: garbage\r\nConnection: close\r\n\r\n<html>garbage</html>';
const MEGABYTE = 'garbage '.repeat(131_072);
const answer = (az: string, el = '0.00') => `get_pos:\nAzimuth: ${az}\nElevation: ${el}\nRPRT 0\n`;

function replyHalf({ reply, hangUp }: Caller): void {
  reply('get_pos:\nAzimu');
  hangUp();
}

/** Replies to every query. */
const ANSWERS: [string, (caller: Caller) => void][] = [
  ['an HTTP error', ({ reply }) => reply(HTTP)],
  ['an SSH banner', ({ reply }) => reply('SSH-2.0-garbage\r\n')],
  ['nan', ({ reply }) => reply(answer('nan'))],
  ['-nan', ({ reply }) => reply(answer('0.00', '-nan'))],
  ['inf', ({ reply }) => reply(answer('inf'))],
  ['a number that overflows', ({ reply }) => reply(answer('1e999'))],
  ['a decimal comma', ({ reply }) => reply(answer('12,5'))],
  ['a hexadecimal number', ({ reply }) => reply(answer('0x1F'))],
  ['numbers alone', ({ reply }) => reply('garbage\n1e999\n')],
  ['zero bytes', ({ reply }) => reply('\0'.repeat(5_000))],
  ['an empty line', ({ reply }) => reply('\n\n')],
  ['half an answer', ({ reply }) => reply('get_pos:\nAzimuth: 1')],
  ['half an answer, then the end', replyHalf],
  ['an endless line', ({ flood }) => flood('garbage')],
  ['endless short lines', ({ flood }) => flood('get_pos:\nAzimuth: 1.00\n'.repeat(1_000))],
  ['more bytes than fit into memory', ({ flood }) => flood(MEGABYTE)],
];

describe('a peer that sends garbage', () => {
  const wellBehaved = hamlibScript(createFakeRotator());
  const never = new AbortController().signal;
  let server: ScriptedRotctld;
  let client: RotctldClient;

  beforeEach(async () => {
    server = await startScriptedRotctld(wellBehaved);
    client = clientOf(server, QUICK_TIMINGS);
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });

  /** Expects a failed query; the client works again afterwards. */
  async function expectRefusal(): Promise<void> {
    const heldBefore = process.memoryUsage().rss;
    const error: unknown = await client.position(never).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SkyScanError);
    const { kind, message } = error as SkyScanError;
    expect(kind).toBe('unavailable');
    expect(message).toMatch(/^rotctld .*\w/);
    expect(message).not.toMatch(/garbage|nan|1e999|HTTP/);
    await until('all connections are closed', () => server.open === 0);
    // Socket buffers hold some megabytes; without a bound it would be everything that was sent in
    // half a second.
    expect(server.floodedBytes).toBeLessThan(64 * 1024 * 1024);
    expect(process.memoryUsage().rss - heldBefore).toBeLessThan(128 * 1024 * 1024);
    server.script = wellBehaved;
    delete server.onConnect;
    expect((await client.position(never)).pointing).toEqual(at(0));
  }

  test.each(ANSWERS)('from the first reply on: %s', async (_, misbehave) => {
    server.script = (_line, caller) => misbehave(caller);
    await expectRefusal();
  });

  test.each(ANSWERS)('after valid replies: %s', async (_, misbehave) => {
    await client.position(never);
    server.script = (_line, caller) => misbehave(caller);
    await expectRefusal();
  });

  test.each([
    ['an HTTP error', ({ reply }: Caller) => reply(HTTP)],
    ['more bytes than fit into memory', ({ flood }: Caller) => flood(MEGABYTE)],
  ])('before the first query: %s', async (_, misbehave) => {
    server.script = () => undefined;
    server.onConnect = misbehave;
    await expectRefusal();
  });
});
