import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import type { RotctldClient } from '../../services/rotor-driver/motion/rotctld-client.ts';
import { createRotctldClient } from '../../services/rotor-driver/rotctld/client.ts';
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

// Whatever a peer says, it ends in a closed connection and an error in words, and nothing of what
// it said is in them.

const HTTP = 'HTTP/1.1 400 Bad Request\r\nServer: garbage\r\nConnection: close\r\n\r\n<html>garbage</html>';
const MEGABYTE = 'garbage '.repeat(131_072);
const answer = (az: string, el = '0.00') => `get_pos:\nAzimuth: ${az}\nElevation: ${el}\nRPRT 0\n`;

function sayHalf({ say, hangUp }: Caller): void {
  say('get_pos:\nAzimu');
  hangUp();
}

/** What is said in answer to every question. */
const ANSWERS: [string, (caller: Caller) => void][] = [
  ['an HTTP error', ({ say }) => say(HTTP)],
  ['an SSH banner', ({ say }) => say('SSH-2.0-garbage\r\n')],
  ['nan', ({ say }) => say(answer('nan'))],
  ['-nan', ({ say }) => say(answer('0.00', '-nan'))],
  ['inf', ({ say }) => say(answer('inf'))],
  ['a number beyond all numbers', ({ say }) => say(answer('1e999'))],
  ['a decimal comma', ({ say }) => say(answer('12,5'))],
  ['a hexadecimal number', ({ say }) => say(answer('0x1F'))],
  ['numbers alone', ({ say }) => say('garbage\n1e999\n')],
  ['zero bytes', ({ say }) => say('\0'.repeat(5_000))],
  ['an empty line', ({ say }) => say('\n\n')],
  ['half an answer', ({ say }) => say('get_pos:\nAzimuth: 1')],
  ['half an answer, and goes', sayHalf],
  ['an endless line', ({ pour }) => pour('garbage')],
  ['endless short lines', ({ pour }) => pour('get_pos:\nAzimuth: 1.00\n'.repeat(1_000))],
  ['more bytes than anybody can hold', ({ pour }) => pour(MEGABYTE)],
];

describe('a peer that talks garbage', () => {
  const polite = hamlibScript(createFakeRotator());
  const never = new AbortController().signal;
  let server: ScriptedRotctld;
  let client: RotctldClient;

  beforeEach(async () => {
    server = await startScriptedRotctld(polite);
    client = createRotctldClient({ addresses: ['127.0.0.1'], port: server.port }, QUICK_TIMINGS);
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });

  /** Asks in vain; the client is well afterwards. */
  async function expectRefusal(): Promise<void> {
    const heldBefore = process.memoryUsage().rss;
    const error: unknown = await client.position(never).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SkyScanError);
    const { kind, message } = error as SkyScanError;
    expect(kind).toBe('unavailable');
    expect(message).toMatch(/^rotctld .*\w/);
    expect(message).not.toMatch(/garbage|nan|1e999|HTTP/);
    await until('all connections are closed', () => server.open === 0);
    // Socket buffers hold some megabytes; without a bound it would be all that was poured in half a
    // second.
    expect(server.poured).toBeLessThan(64 * 1024 * 1024);
    expect(process.memoryUsage().rss - heldBefore).toBeLessThan(128 * 1024 * 1024);
    server.script = polite;
    delete server.greet;
    expect((await client.position(never)).pointing).toEqual(at(0));
  }

  test.each(ANSWERS)('from the first word on: %s', async (_, say) => {
    server.script = (_line, caller) => say(caller);
    await expectRefusal();
  });

  test.each(ANSWERS)('in mid-session: %s', async (_, say) => {
    await client.position(never);
    server.script = (_line, caller) => say(caller);
    await expectRefusal();
  });

  test.each([
    ['an HTTP error', ({ say }: Caller) => say(HTTP)],
    ['more bytes than anybody can hold', ({ pour }: Caller) => pour(MEGABYTE)],
  ])('before it was asked: %s', async (_, say) => {
    server.script = () => undefined;
    server.greet = say;
    await expectRefusal();
  });
});
