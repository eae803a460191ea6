import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGatewayWorld, runGateway, type GatewayWorld } from '../support/gateway-harness.ts';
import { openSocket, upgradeStatus } from '../support/gateway-sockets.ts';
import { until } from '../support/until.ts';

const KEY = 'correct-horse-battery';
const OTHER = 'staple.of_the~trade+1';
const NEEDED = { DATABASE_URL: 'postgres://127.0.0.1:1/none', MQTT_URL: 'mqtt://127.0.0.1:1' };

describe('a non-loopback address', () => {
  test.each(['0.0.0.0', '::', '192.168.1.10'])(
    'refuses to start on %s without keys and gives the reason',
    async (host) => {
      await expect(runGateway({ ...NEEDED, HTTP_HOST: host, HTTP_PORT: '0' })).rejects.toThrow(
        `HTTP on ${host} can be reached from other machines and needs API_KEYS`,
      );
    },
  );

  test.each(['short', `${KEY},short`, 'has a blank in it, yes', 'slash/slash/slash/slash'])(
    'refuses a key like %j without printing it',
    async (keys) => {
      await expect(runGateway({ ...NEEDED, API_KEYS: keys })).rejects.toThrow(
        /API_KEYS: must be keys of at least 16/,
      );
      await expect(runGateway({ ...NEEDED, API_KEYS: keys })).rejects.not.toThrow(keys);
    },
  );
});

describe('with keys', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await createGatewayWorld({
      HTTP_HOST: '0.0.0.0',
      API_KEYS: `${KEY}, ${OTHER}`,
      ALLOWED_HOSTS: 'sky.example',
      ALLOWED_ORIGINS: 'https://app.example',
      RATE_LIMIT_PER_MINUTE: '60',
    });
  });
  afterAll(() => world.close());
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  test.each([
    ['none', {}],
    ['a wrong one', bearer('wrong-horse-battery-x')],
    ['a part of one', bearer(KEY.slice(0, -1))],
    ['both at once', bearer(`${KEY},${OTHER}`)],
    ['an empty one', bearer('')],
    ['another scheme', { authorization: `Basic ${KEY}` }],
    ['one in the path', {}],
  ])('%s is 401', async (title, headers) => {
    const path = title === 'one in the path' ? `/api/rotors?key=${KEY}` : '/api/rotors';
    const answer = await world.gateway.request(path, { headers });
    expect([answer.status, answer.body]).toEqual([401, { detail: 'Missing or wrong API key' }]);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    const url = `${world.gateway.wsUrl}/ws/skyscan/1?key=${KEY}`;
    expect(await upgradeStatus(url, headers as Record<string, string>)).toBe(401);
  });

  test('either key grants access, and probes need none', async () => {
    for (const key of [KEY, OTHER])
      expect((await world.gateway.request('/api/rotors', { headers: bearer(key) })).status).toBe(200);
    for (const path of ['/health', '/ready', '/api/ready'])
      expect((await world.gateway.get(path)).status).toBe(200);
  });

  test.each(['/health', '/ready', '/api/health', '/api/ready'])(
    '%s answers a probe with another Host, but shows a page of another site nothing',
    async (path) => {
      const ask = (headers: Record<string, string>, method = 'GET') =>
        world.gateway.request(path, { method, headers: { host: '10.42.0.7:8080', ...headers } });
      for (const method of ['GET', 'HEAD']) {
        const { status, text } = await ask({}, method);
        expect([status, text]).toEqual([204, '']);
      }
      expect((await ask({ origin: 'http://10.42.0.7:8080' })).status).toBe(403);
      expect((await ask({}, 'POST')).status).toBe(403);
    },
  );

  test('a browser sends the key as a subprotocol, and the response contains only skyscan', async () => {
    const url = `${world.gateway.wsUrl}/ws/skyscan/999`;
    const socket = await openSocket(url, ['skyscan', `bearer.${KEY}`]);
    expect(socket.protocol).toBe('skyscan');
    expect((await socket.closed).code).toBe(4404);
    expect(await upgradeStatus(url, {}, ['skyscan', 'bearer.wrong-horse-battery'])).toBe(401);
  });

  test('allowed hosts and origins are accepted', async () => {
    const ok = await world.gateway.request('/api/rotors', {
      headers: { ...bearer(KEY), host: 'sky.example:8443', origin: 'https://app.example' },
    });
    expect(ok.status).toBe(200);
    const foreign = await world.gateway.request('/api/rotors', {
      headers: { ...bearer(KEY), host: 'other.example' },
    });
    expect(foreign.status).toBe(403);
  });

  test('X-API-Key works too, beside the login of a proxy', async () => {
    const headers = { authorization: 'Basic dXNlcjpwYXNz', 'x-api-key': OTHER };
    expect((await world.gateway.request('/api/rotors', { headers })).status).toBe(200);
  });

  test('allowed origins get CORS headers and need no key for a preflight; others get none', async () => {
    const origin = 'https://app.example';
    const preflight = await world.gateway.request('/api/rotors', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'Authorization, Content-Type, X-API-Key',
    });
    const answer = await world.gateway.request('/api/rotors', { headers: { ...bearer(KEY), origin } });
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
    const foreign = await world.gateway.request('/api/rotors', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });

  test.each(['cross-site', 'same-site'])('Sec-Fetch-Site: %s without an Origin is 403', async (site) => {
    const headers = { ...bearer(KEY), 'sec-fetch-site': site };
    expect((await world.gateway.request('/api/rotors', { headers })).status).toBe(403);
    const link = { ...headers, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await world.gateway.request('/docs', { headers: link })).status).toBe(200);
    expect((await world.gateway.request('/api/rotors/1/test', { headers: link })).status).toBe(403);
  });

  test('sends no Strict-Transport-Security, and a refused page names the remedy', async () => {
    expect((await world.gateway.get('/health')).headers['strict-transport-security']).toBeUndefined();
    const headers = { host: 'sky.lan:8443', accept: 'text/html' };
    const page = await world.gateway.request('/', { headers });
    expect(page.status).toBe(403);
    expect(page.text).toContain('ALLOWED_HOSTS=sky.lan');
  });

  test('too many requests are 429, but stop and health always work', async () => {
    const headers = bearer(KEY);
    const answer = await until('the limit', async () => {
      const reached = await world.gateway.request('/api/rotors', { headers });
      return reached.status === 429 && reached;
    });
    expect(answer.body).toEqual({ detail: 'Too many requests' });
    const stop = await world.gateway.request('/api/rotors/999/stop', { method: 'POST', headers });
    expect(stop.status).toBe(404);
    expect((await world.gateway.get('/health')).status).toBe(200);
  });
});
