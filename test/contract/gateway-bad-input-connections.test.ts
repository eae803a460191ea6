import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { openRaw } from '../support/raw-connection.ts';
import { until } from '../support/until.ts';

// Raw requests on one connection; gateway-floods.long.test.ts opens many.

const KEY = 'correct-horse-battery';
const key = `Authorization: Bearer ${KEY}`;

let world: GatewayWorld;
beforeAll(async () => {
  world = await createGatewayWorld({ API_KEYS: KEY });
});
afterAll(() => world.close());

const open = (...texts: string[]) => openRaw(world.gateway.port, ...texts);

describe('a response that closes the connection', () => {
  test.each([
    ['400', 'nonsense\r\n\r\n', 'Malformed request'],
    [
      '417',
      'GET /api/rotors HTTP/1.1\r\nHost: localhost\r\nExpect: other\r\n\r\n',
      'Expect can only be 100-continue',
    ],
    ['401', 'GET /api/rotors HTTP/1.1\r\nHost: localhost\r\n\r\n', 'Missing or wrong API key'],
    [
      '401',
      'GET /ws/skyscan/1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      'Missing or wrong API key',
    ],
    ['403', 'GET /api/rotors HTTP/1.1\r\nHost: evil.example\r\n\r\n', 'Host is not allowed'],
  ])(
    '%s to %j is JSON and closes the connection even if the client keeps its half open',
    async (status, text, detail) => {
      const raw = open(text);
      await until('it is closed', () => raw.closed || raw.socket.readableEnded);
      expect(raw.text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      const body = JSON.parse(raw.text.slice(raw.text.indexOf('\r\n\r\n'))) as { detail: string };
      expect(body.detail).toContain(detail);
      // The server has closed both halves: further writes are reset.
      await until('it is reset', () => {
        raw.socket.write('x');
        return raw.closed;
      });
    },
  );
});

describe('unsupported upgrades', () => {
  const upgrades = ['h2c', 'H2C', 'foo', 'TLS/1.0', 'h2c, websocket', 'websocket/13'];
  const get = (method: string, path: string, upgrade: string) =>
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${key}\r\nConnection: Upgrade, HTTP2-Settings\r\n` +
    `Upgrade: ${upgrade}\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n`;

  test.each(upgrades)('Upgrade: %s is ignored, for stop and for GET, on one connection', async (upgrade) => {
    const raw = open(`${get('POST', '/api/rotors/999/stop', upgrade)}Content-Length: 0\r\n\r\n`);
    await until('stop', () => raw.text.includes('Rotor not found'));
    raw.socket.write(`${get('GET', '/api/rotors', upgrade)}\r\n`);
    await until('rotors', () => raw.text.includes('HTTP/1.1 200 OK'));
    const body = '{"name":"';
    raw.socket.write(
      `${get('POST', '/api/rotors', upgrade)}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await until('the body is read', () => raw.text.includes('Body is not valid JSON'));
    raw.socket.destroy();
  });

  test.each(['POST', 'PUT', 'DELETE'])(
    '%s with Upgrade: websocket is handled as a normal request',
    async (method) => {
      const raw = open(`${get(method, '/api/rotors/999', 'websocket')}\r\n`);
      await until('a response', () => raw.text.includes('{"detail"'));
      expect(raw.text).toMatch(/^HTTP\/1\.1 4(04|05|22) /);
      raw.socket.destroy();
    },
  );
});
