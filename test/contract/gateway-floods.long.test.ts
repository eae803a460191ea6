import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGatewayWorld, gatewayAt, type GatewayWorld } from '../support/gateway-harness.ts';
import { mebibytes, startMeasuredProcess, type MeasuredProcess } from '../support/measured-process.ts';
import { openRaw, type Raw } from '../support/raw-connection.ts';
import { until } from '../support/until.ts';

// Many connections that try to hold resources, and many requests at once. The gateway is a separate
// process, so that its memory can be measured.

const KEY = 'correct-horse-battery';
const MANY = 700;
/** Allowed growth due to garbage collection. */
const NOISE_BYTES = 64 * 2 ** 20;

let world: GatewayWorld;
let gateway: MeasuredProcess;
beforeAll(async () => {
  const env = { API_KEYS: KEY, RATE_LIMIT_PER_MINUTE: '1000000' };
  world = await createGatewayWorld(env, undefined, async (all) => {
    gateway = await startMeasuredProcess('api-gateway', all);
    return gatewayAt('127.0.0.1', gateway.port, () => gateway.stop());
  });
});
afterAll(() => world.close());

const open = (...texts: string[]) => openRaw(world.gateway.port, ...texts);
const openSockets = () => gateway.fds();
const key = `Authorization: Bearer ${KEY}`;

async function stopAnswers(): Promise<void> {
  const headers = { authorization: `Bearer ${KEY}` };
  const answer = await world.gateway.request('/api/rotors/999/stop', { method: 'POST', headers });
  expect(answer.status).toBe(404);
}

describe('incomplete requests without a key', () => {
  const halves: [string, string, RegExp | undefined][] = [
    ['nothing', '', undefined],
    ['half a request line', 'GET /api/ro', undefined],
    ['half of the headers', 'GET /api/rotors HTTP/1.1\r\nHost: localhost\r\nX-', undefined],
    [
      'half a body',
      'POST /api/rotors HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
      /^HTTP\/1\.1 401 /,
    ],
    [
      'an upgrade',
      'GET /ws/skyscan/1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      /^HTTP\/1\.1 401 /,
    ],
    ['a request', 'GET /api/rotors HTTP/1.1\r\nHost: localhost\r\n\r\n', /^HTTP\/1\.1 401 /],
    ['a request that needs no key', 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n', undefined],
    ['nonsense', 'nonsense\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}`,
      /^HTTP\/1\.1 431 /,
    ],
    [
      'another expectation',
      'GET /api/rotors HTTP/1.1\r\nHost: localhost\r\nExpect: other\r\n\r\n',
      /^HTTP\/1\.1 417 /,
    ],
  ];

  test.each(halves)(
    `%s, ${MANY} times: stop works, memory and sockets are bounded`,
    async (_, text, answer) => {
      await stopAnswers();
      const before = { rssBytes: gateway.rssBytes(), fds: openSockets() };
      const clients: Raw[] = [];
      for (let opened = 0; opened < MANY; opened += 175) {
        const some = Array.from({ length: 175 }, () => open(text));
        clients.push(...some);
        await until('they are connected', () =>
          some.every(({ socket, closed }) => closed || !socket.connecting),
        );
        await stopAnswers();
      }
      // A connection without a key is closed because of its data or to admit another one.
      const most = answer ? 50 : 550;
      await until('sockets are closed', () => openSockets() < before.fds + most);
      const grownBytes = gateway.rssBytes() - before.rssBytes;
      process.stdout.write(`${MANY} x ${_}: ${mebibytes(grownBytes)}, ${openSockets()} fds\n`);
      expect(grownBytes).toBeLessThan(NOISE_BYTES);
      if (answer) expect(clients.some((client) => answer.test(client.text))).toBe(true);
      await stopAnswers();
      for (const { socket } of clients) socket.destroy();
      await until('all connections are closed', () => openSockets() < before.fds + 20);
    },
  );
});

describe('many simultaneous requests', () => {
  // Below the limit for loopback connections without a response.
  const AT_ONCE = 400;

  test.each([
    ['previews', 'POST', '/api/skyscan/preview', { rotor_id: 999 }],
    ['connection tests', 'GET', '/api/rotors/999/test', undefined],
    ['positions', 'GET', '/api/rotors/999/position', undefined],
  ])(`${AT_ONCE} %s at once: stop works, memory is bounded`, async (_, method, path, body) => {
    const headers = { authorization: `Bearer ${KEY}` };
    await stopAnswers();
    const before = gateway.rssBytes();
    const asked = Array.from({ length: AT_ONCE }, () =>
      world.gateway.request(path, { method, headers, ...(body && { body }) }),
    );
    await stopAnswers();
    const answers = await Promise.all(asked);
    expect(answers.every(({ status }) => [404, 429, 503].includes(status))).toBe(true);
    expect(gateway.rssBytes() - before).toBeLessThan(NOISE_BYTES);
    await stopAnswers();
  });
});

describe('pipelining', () => {
  test('2,000 requests on one connection are answered in order, one at a time, in bounded memory', async () => {
    await stopAnswers();
    const before = gateway.rssBytes();
    const raw = open();
    const request = (n: number) =>
      `GET /api/rotors/${n + 1_000_000} HTTP/1.1\r\nHost: localhost\r\n${key}\r\n\r\n`;
    raw.socket.write(Array.from({ length: 2_000 }, (_, n) => request(n)).join(''));
    await stopAnswers();
    await until('all responses', () => raw.text.split('HTTP/1.1 404').length === 2_001, 55_000);
    const grown = gateway.rssBytes() - before;
    process.stdout.write(`2,000 pipelined requests: ${mebibytes(grown)}\n`);
    expect(grown).toBeLessThan(NOISE_BYTES);
    raw.socket.destroy();
  });

  test('a connection that closes early leaves no pending requests', async () => {
    for (let round = 0; round < 10; round++) {
      const raw = open(`GET /api/rotors HTTP/1.1\r\nHost: localhost\r\n${key}\r\n\r\n`.repeat(1_000));
      await until('the first responses', () => raw.text.includes('200 OK'));
      raw.socket.destroy();
    }
    await stopAnswers();
    const raw = open(`GET /api/rotors HTTP/1.1\r\nHost: localhost\r\n${key}\r\n\r\n`.repeat(1_000));
    await until('all responses', () => raw.text.split('200 OK').length === 1_001);
    raw.socket.destroy();
  });
});
