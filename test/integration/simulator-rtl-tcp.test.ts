import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startObservatory, type TestObservatory } from '../support/observatory.ts';
import { until } from '../support/until.ts';

const RATE_HZ = 2_048_000;
const BLOCK_BYTES = 16_384;

let observatory: TestObservatory;

beforeAll(async () => {
  observatory = await startObservatory();
});

afterAll(() => observatory.close());

const clients: Socket[] = [];

afterEach(async () => {
  for (const socket of clients.splice(0)) socket.destroy();
  await observatory.faults({ dongle_silent: false, dongle_drop: false });
  await until('no client is connected', async () => !(await observatory.state()).dongle.connected);
});

/** A client that keeps the header and counts the other bytes. */
function open(): { socket: Socket; header: Buffer; bytes: number; lastBlock: Buffer } {
  const socket = connect(observatory.rtlTcpPort, '127.0.0.1');
  clients.push(socket);
  socket.on('error', () => undefined);
  const client = { socket, header: Buffer.alloc(0), bytes: 0, lastBlock: Buffer.alloc(0) };
  socket.on('data', (piece) => {
    const missing = 12 - client.header.length;
    if (missing > 0) client.header = Buffer.concat([client.header, piece.subarray(0, missing)]);
    client.lastBlock = piece.subarray(Math.max(0, missing));
    client.bytes += client.lastBlock.length;
  });
  return client;
}

function command(code: number, value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(code);
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

describe('the simulated rtl_tcp', () => {
  test('introduces itself as an R820T with 29 gains', async () => {
    const client = open();
    await until('the header', () => client.header.length === 12);
    expect(client.header).toEqual(Buffer.from('52544c30000000050000001d', 'hex'));
  });

  test('streams in real time', async () => {
    const startedMs = performance.now();
    const client = open();
    await until('a second of samples', () => client.bytes >= 2 * RATE_HZ);
    const sampledS = client.bytes / (2 * RATE_HZ);
    // Never faster than the dongle's clock; a busy machine may be slower.
    expect(sampledS).toBeLessThanOrEqual((performance.now() - startedMs) / 1000);
  });

  test('accepts gain, frequency and rate in pieces and in batches, and ignores unknown commands', async () => {
    const client = open();
    const commands = Buffer.concat([
      command(1, 1_420_000_000),
      command(0x42, 7),
      command(3, 1),
      command(4, 300),
      command(5, 0xffff_fffe),
      command(8, 0),
      command(0x0e, 0),
    ]);
    for (const byte of commands.subarray(0, 8)) client.socket.write(Buffer.of(byte));
    client.socket.write(commands.subarray(8));
    await until(
      'the settings',
      async () => (await observatory.state()).dongle.frequency_hz === 1_420_000_000,
    );
    await until('the gain', async () => (await observatory.state()).dongle.gain_db === 29.7);
    expect((await observatory.state()).dongle.dbm_offset_db).toBeCloseTo(-67, 9);
    client.socket.write(command(0x0d, 28));
    await until('the highest gain', async () => (await observatory.state()).dongle.gain_db === 49.6);
    client.socket.write(Buffer.concat([command(3, 1), command(4, 0)]));
    await until('the lowest gain', async () => (await observatory.state()).dongle.gain_db === 0);
    const seen = client.bytes;
    await until('quiet samples', () => client.bytes > seen + 4 * BLOCK_BYTES && spread(client.lastBlock) < 8);
  });

  test('serves one client at a time; the next one waits without data', async () => {
    const first = open();
    await until('samples', () => first.bytes > 0);
    const second = open();
    await until('a client waits', async () => (await observatory.state()).dongle.waiting === 1);
    const seen = first.bytes;
    await until('more samples', () => first.bytes > seen + BLOCK_BYTES);
    expect(second.header.length).toBe(0);
    first.socket.destroy();
    await until('the second is served', () => second.bytes > 0);
    expect(second.header.toString('latin1', 0, 4)).toBe('RTL0');
  });

  test('drops and counts blocks when its client does not read', async () => {
    const before = (await observatory.state()).dongle.dropped_blocks;
    const client = open();
    await until('samples', () => client.bytes > 0);
    client.socket.pause();
    await until('dropped blocks', async () => (await observatory.state()).dongle.dropped_blocks > before);
    const seen = client.bytes;
    client.socket.resume();
    await until('it continues', () => client.bytes > seen + 2 * RATE_HZ);
  });

  test('can stop sending and keep the connection', async () => {
    const client = open();
    await until('samples', () => client.bytes > 0);
    await observatory.faults({ dongle_silent: true });
    expect((await observatory.state()).dongle.connected).toBe(true);
    await observatory.faults({ dongle_silent: false });
    const seen = client.bytes;
    await until('samples again', () => client.bytes > seen);
  });

  test('can disconnect its clients until the fault is cleared', async () => {
    const client = open();
    await until('samples', () => client.bytes > 0);
    const closed = once(client.socket, 'close');
    await observatory.faults({ dongle_drop: true });
    await closed;
    const second = open();
    await once(second.socket, 'close');
    expect(second.bytes).toBe(0);
    await observatory.faults({ dongle_drop: false });
    const third = open();
    await until('samples', () => third.bytes > 0);
  });
});

function spread(iq: Buffer): number {
  return iq.length === 0 ? Infinity : Math.max(...iq) - Math.min(...iq);
}
