import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeHeader } from '../../services/simulator/dongle/rtl-tcp-codec.ts';
import { startSampler, type TestSampler } from '../support/observatory.ts';
import { noiseIq, seededRandom } from '../support/samples.ts';
import { until } from '../support/until.ts';

// An external server, so that refused tuner settings are visible only in the samples.

const RATE_HZ = 2_048_000;
const BLOCK_MS = 10;
const settings = { centerFrequencyHz: 1.42e9, bandwidthHz: 2e5, gainDb: 29.7, readMs: 10 };
const NOISE = noiseIq((RATE_HZ * BLOCK_MS) / 1000, 20, seededRandom(3));

let server: ReturnType<typeof createServer>;
let sampler: TestSampler;
const clients = new Set<Socket>();
/** Codes of accepted commands that had no effect. */
const taken: number[] = [];

/** Sends all due blocks. */
function serve(socket: Socket): void {
  clients.add(socket);
  socket.write(encodeHeader());
  const startedMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (; sent * BLOCK_MS < performance.now() - startedMs; sent++) socket.write(NOISE);
  }, BLOCK_MS);
  socket.on('data', (bytes) => taken.push(...bytes.filter((_, at) => at % 5 === 0)));
  socket.on('error', () => undefined);
  socket.on('close', () => (clearInterval(timer), clients.delete(socket)));
}

beforeAll(async () => {
  server = createServer({ noDelay: true }, serve);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  sampler = await startSampler((server.address() as AddressInfo).port);
});

afterAll(async () => {
  await sampler.close();
  for (const client of clients) client.destroy();
  server.close();
});

test('a receiver whose gain has no effect gives no levels but a reason', async () => {
  // It responds and streams at the right rate.
  const facts = await until('it streams', () => sampler.client.describe({}));
  expect(facts).toMatchObject({ tuner: 'R820T' });
  const refused = {
    kind: 'unavailable',
    message: expect.stringMatching(
      /^rtl_tcp at 127\.0\.0\.1:\d+ does not follow its settings: gain steps between 0 and 49\.6 dB do not show in the samples within 6 s\. Likely causes: the tuner .*, the gain is automatic or set by another client, .*\. Plug the dongle in again/,
    ) as string,
  };
  await expect(sampler.client.measure({ settings, reads: 3 })).rejects.toMatchObject(refused);
  // The stream and the next point fail too.
  const streaming = (async () => {
    for await (const { read } of sampler.client.streamReads({ settings })) if (read) return read;
    return undefined;
  })();
  await expect(streaming).rejects.toMatchObject(refused);
  expect(taken).toContain(0x04);
});
