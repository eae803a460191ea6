import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiClient } from './api-client.ts';
import { bearerConnection, type BearerOptions } from './bearer-connection.ts';

// The server never answers it.
const SILENT = '/api/sky';

const server = createServer((request, response) => {
  if (request.url === SILENT) return;
  response.end(JSON.stringify([request.url, request.headers.authorization ?? null]));
});
let baseUrl: string;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const never = new AbortController().signal;
const clientOf = (options: Partial<BearerOptions> = {}) =>
  createApiClient(
    bearerConnection({ baseUrl, key: 'k', signal: never, unreachable: () => 'cannot reach it', ...options }),
  );

test.each([
  ['the key as a bearer token', { key: 'secret' }, 'Bearer secret'],
  ['no header without a key', { key: undefined }, null],
])('sends %s', async (_name, options, expected) => {
  await expect(clientOf(options).get('/api/rotors')).resolves.toEqual(['/api/rotors', expected]);
});

test('ignores slashes at the end of the address', async () => {
  await expect(clientOf({ baseUrl: `${baseUrl}//` }).get('/api/rotors')).resolves.toEqual([
    '/api/rotors',
    'Bearer k',
  ]);
});

test('gives up after the time limit', async () => {
  await expect(clientOf({ timeoutMs: 20 }).get(SILENT)).rejects.toThrow('cannot reach it');
});

test('the signal of a request ends that request', async () => {
  const reason = new Error('left');
  await expect(clientOf().get(SILENT, AbortSignal.abort(reason))).rejects.toBe(reason);
});
