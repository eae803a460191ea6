import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGatewayWorld, gatewayAt, type GatewayWorld } from '../support/gateway-harness.ts';
import { mebibytes, startMeasuredProcess, type MeasuredProcess } from '../support/measured-process.ts';
import { startAnalyst } from '../support/analyst.ts';

// Uploads of orbital elements pass through the gateway: their size costs it no memory and delays no
// other request. The allocator has not returned all chunks.

const MAX_GROWTH_BYTES = 96 * 2 ** 20;
/** Longest block of the event loop, with two cores that other tests use. */
const MAX_BLOCK_MS = 500;

let world: GatewayWorld;
let gateway: MeasuredProcess;
let analyst: Awaited<ReturnType<typeof startAnalyst>>;
beforeAll(async () => {
  analyst = await startAnalyst();
  const env = { SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.port}` };
  world = await createGatewayWorld(env, undefined, async (all) => {
    gateway = await startMeasuredProcess('api-gateway', all);
    return gatewayAt('127.0.0.1', gateway.port, () => gateway.stop());
  });
});
afterAll(async () => {
  await world.close();
  await analyst.close();
});

/** Sends parts without Content-Length until the response arrives. */
function upload(
  parts: Iterable<Buffer>,
): Promise<{ status: number; text: string; sent: number; peak: number }> {
  return new Promise((resolve, reject) => {
    let [sent, peak, isAnswered] = [0, 0, false];
    const outgoing = request(
      { port: gateway.port, path: '/api/satellites/elements', method: 'PUT', agent: false },
      (response) => {
        isAnswered = true;
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), sent, peak }),
        );
        response.on('error', reject);
      },
    );
    outgoing.on('error', (error) => {
      if (!isAnswered) reject(error);
    });
    const all = parts[Symbol.iterator]();
    const next = () => {
      if (isAnswered) return;
      peak = Math.max(peak, gateway.rssBytes());
      const part = all.next();
      if (part.done) {
        outgoing.end();
        return;
      }
      sent += part.value.length;
      outgoing.write(part.value, next);
    };
    next();
  });
}

function* lines(mebibytesOfGarbage: number): Generator<Buffer> {
  const part = Buffer.alloc(2 ** 20, '\n');
  for (let k = 0; k < mebibytesOfGarbage; k++) yield part;
}

test('100 MiB are refused while they arrive, with bounded memory', async () => {
  const before = gateway.rssBytes();
  await gateway.maxBlockMs();
  const startedMs = performance.now();
  const answer = await upload(lines(100));
  const blockMs = await gateway.maxBlockMs();
  const peak = Math.max(answer.peak, gateway.rssBytes());
  process.stdout.write(
    `${mebibytes(answer.sent)} in ${Math.round(performance.now() - startedMs)} ms, gateway ` +
      `${mebibytes(before)} -> at most ${mebibytes(peak)}, blocked at most ${Math.round(blockMs)} ms\n`,
  );
  expect([answer.status, answer.text]).toEqual([413, expect.stringMatching(/more than 64 MiB/)]);
  expect(answer.sent).toBeLessThan(90 * 2 ** 20);
  expect(peak - before).toBeLessThan(MAX_GROWTH_BYTES);
  expect(blockMs).toBeLessThan(MAX_BLOCK_MS);
});
