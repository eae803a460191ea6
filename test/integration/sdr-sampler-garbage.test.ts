import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, test, type TestContext } from 'vitest';
import { startSampler } from '../support/observatory.ts';
import { until } from '../support/until.ts';

// Peers at RTL_TCP that are not rtl_tcp servers.

/** A peer that handles every connection with `onConnect` and records how each ended. */
async function peer({ onTestFinished }: TestContext, onConnect: (socket: Socket) => void) {
  const gone: { sent: number }[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    socket.once('close', () => gone.push({ sent: socket.bytesWritten }));
    onConnect(socket);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, gone };
}

/** Writes the same bytes until the connection closes. */
function flood(socket: Socket, bytes: Buffer): void {
  const write = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', write);
  write();
}

const HEADER = Buffer.from('RTL0\0\0\0\x05\0\0\0\x1d', 'latin1');

// Each waits for the limits of the receiver, not for this machine.
describe.concurrent('a peer that is not rtl_tcp', () => {
  test.for<[string, (socket: Socket) => void, string]>([
    ['an HTTP banner', (s) => s.write('HTTP/1.1 400 Bad Request\r\n\r\n'), 'is not an rtl_tcp server'],
    ['endless zeros', (s) => flood(s, Buffer.alloc(1 << 20)), 'is not an rtl_tcp server'],
    ['half a header', (s) => s.write(HEADER.subarray(0, 6)), 'does not answer'],
    ['half a header, then the end', (s) => s.end(HEADER.subarray(0, 6)), 'closed the connection'],
    ['an unknown tuner', (s) => s.write('RTL0\0\0\0\x63\0\0\0\0'), 'tuner of unknown type 99'],
    [
      'rsp_tcp with 16 bits',
      (s) => s.write(Buffer.concat([Buffer.from('RSP0'), HEADER])),
      'samples of 16 bits',
    ],
    [
      'rsp_tcp with 16 bits behind a header',
      (s) => {
        s.write(HEADER);
        s.write('RS');
        s.write('P0\0\0\0\x01');
      },
      'samples of 16 bits',
    ],
    ['an unknown header', (s) => s.write('SDR1\0\0\0\x05\0\0\0\x1d'), 'add header=SDR1 in RECEIVERS'],
    ['a header and silence', (s) => s.write(HEADER), 'has sent nothing for 1.5 s'],
  ])('%s: the connection is closed with a reason', async ([, onConnect, reason], context) => {
    const { port, gone } = await peer(context, onConnect);
    const sampler = await startSampler(port);
    try {
      await until('the connection is closed', () => gone.length > 0);
      const settings = { centerFrequencyHz: 1e8, bandwidthHz: 2e6, gainDb: 20, readMs: 10 };
      await until(reason, async () => {
        const error: unknown = await sampler.client.measure({ settings, reads: 1 }).catch((e: unknown) => e);
        return error instanceof Error && error.message.includes(reason);
      });
      // Nothing of it was buffered.
      for (const { sent } of gone) expect(sent).toBeLessThan(64 << 20);
    } finally {
      await sampler.close();
    }
  });
});

describe('a peer that is almost rtl_tcp', () => {
  test('is used if the owner configures its header', async (context) => {
    const { port } = await peer(context, (socket) => {
      socket.write(Buffer.from('SDR1\0\0\0\x63\0\0\0\0', 'latin1'));
      // 2.048 MS/s of two bytes, independent of timer delays.
      const beganMs = performance.now();
      let sent = 0;
      // Its samples follow its gain (command 4).
      let loud = false;
      socket.on('data', (commands: Buffer) => {
        for (let at = 0; at + 5 <= commands.length; at += 5)
          if (commands[at] === 0x04) loud = commands.readInt32BE(at + 1) > 300;
      });
      const stream = setInterval(() => {
        const bytes = 2 * Math.floor((performance.now() - beganMs) * 2_048) - sent;
        socket.write(
          Buffer.alloc(bytes, Buffer.from(loud ? [20, 235, 130, 18, 240] : [120, 135, 130, 118, 140])),
        );
        sent += bytes;
      }, 10);
      socket.on('close', () => clearInterval(stream));
    });
    const sampler = await startSampler(1, {
      RECEIVERS: `default=rtl_tcp://127.0.0.1:${port}:tuner=E4000:header=SDR1`,
    });
    try {
      const settings = { centerFrequencyHz: 1e8, bandwidthHz: 2e5, gainDb: 20, readMs: 10 };
      expect((await sampler.client.describe({ settings })).tuner).toBe('E4000');
      const { gainDb } = await sampler.client.measure({ settings, reads: 1 });
      expect(gainDb).toBe(19);
      const inTheGap = { ...settings, centerFrequencyHz: 1.2e9 };
      await expect(sampler.client.measure({ settings: inTheGap, reads: 1 })).rejects.toMatchObject({
        kind: 'out_of_range',
        message: expect.stringContaining('is in the gap of the E4000 tuner') as string,
      });
    } finally {
      await sampler.close();
    }
  });

  test('a flood behind a valid header does not increase the memory', async (context) => {
    const { port } = await peer(context, (socket) => {
      socket.write(HEADER);
      flood(socket, Buffer.alloc(1 << 20, 0x80));
    });
    const before = process.memoryUsage();
    const sampler = await startSampler(port);
    try {
      const settings = { centerFrequencyHz: 1e8, bandwidthHz: 2e6, gainDb: 20, readMs: 10 };
      await sampler.client.measure({ settings, reads: 100 }).catch(() => undefined);
      const { heapUsed, external } = process.memoryUsage();
      expect(heapUsed + external - before.heapUsed - before.external).toBeLessThan(128 << 20);
    } finally {
      await sampler.close();
    }
  });
});
