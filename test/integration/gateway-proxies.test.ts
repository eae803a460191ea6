import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBrowser, launchBrowser } from '../support/browser.ts';
import { createGatewayWorld, type Gateway, type GatewayWorld } from '../support/gateway-harness.ts';
import { startTestScan, type TestScan } from '../support/gateway-scan.ts';
import { openSocket, upgradeStatus } from '../support/gateway-sockets.ts';
import { describeWithPrograms } from '../support/peers.ts';
import {
  exampleVariables,
  examples,
  PROXY_NAME,
  startCaddy,
  startNginx,
  type Proxy,
} from '../support/proxies.ts';
import { until } from '../support/until.ts';

// The examples of docs/deploy.md in the real programs, unchanged except for the gateway's port.

const KEY = 'a-key-of-more-than-sixteen-letters';
const LOGIN = { name: 'owner', password: 'of-the-proxy' };
const BASIC = `Basic ${Buffer.from(`${LOGIN.name}:${LOGIN.password}`).toString('base64')}`;
const [NGINX_ROOT = '', NGINX_PATH = ''] = examples('nginx');
const [CADDY_ROOT = '', CADDY_PATH = ''] = examples('caddyfile');

interface Case {
  name: string;
  program: 'nginx' | 'caddy';
  start: (gatewayPort: number) => Promise<Proxy>;
  base: string;
  headers?: Record<string, string>;
}

const CASES: Case[] = [
  { name: 'nginx', program: 'nginx', start: (port) => startNginx(NGINX_ROOT, port), base: '' },
  {
    name: 'nginx under a path with a login',
    program: 'nginx',
    start: (port) => startNginx(NGINX_PATH, port, LOGIN),
    base: '/sky',
    headers: { authorization: BASIC },
  },
  {
    name: 'nginx that takes the path away',
    program: 'nginx',
    start: (port) => startNginx(NGINX_PATH.replace(':8080;', ':8080/;'), port, LOGIN),
    base: '/sky',
    headers: { authorization: BASIC },
  },
  { name: 'Caddy', program: 'caddy', start: (port) => startCaddy(CADDY_ROOT, port), base: '' },
  {
    name: 'Caddy under a path',
    program: 'caddy',
    start: (port) => startCaddy(CADDY_PATH, port),
    base: '/sky',
  },
];

describeWithPrograms(['nginx', 'caddy'], 'behind a proxy', () => {
  let world: GatewayWorld;
  let scan: TestScan;
  let atRoot: Gateway;
  let underPath: Gateway;
  beforeAll(async () => {
    world = await createGatewayWorld();
    const env = { ...exampleVariables(), API_KEYS: KEY };
    [atRoot, underPath] = await Promise.all([
      world.startGateway({ ...env, GATEWAY_ID: 'root' }),
      world.startGateway({ ...env, BASE_PATH: '/sky', GATEWAY_ID: 'path' }),
    ]);
    scan = await startTestScan(world);
    await scan.setStatus('running');
  });
  afterAll(async () => {
    await Promise.all([atRoot.close(), underPath.close()]);
    await world.close();
  });

  test('docs/deploy.md has all examples', () => {
    expect(exampleVariables()).toEqual({ ALLOWED_HOSTS: PROXY_NAME, TRUST_PROXY: 'loopback' });
    expect(
      [NGINX_ROOT, NGINX_PATH, CADDY_ROOT, CADDY_PATH].every((text) => text.includes('127.0.0.1:8080')),
    ).toBe(true);
  });

  test.each(CASES)('$name: pages, assets, REST and WebSocket work', async (setup) => {
    const gateway = setup.base === '' ? atRoot : underPath;
    const proxy = await setup.start(gateway.port);
    try {
      const secure = setup.program === 'caddy';
      const origin = `${secure ? 'https' : 'http'}://${PROXY_NAME}:${proxy.port}`;
      const ask = (path: string, method = 'GET', headers: Record<string, string> = {}) =>
        through(proxy, secure, method, setup.base + path, { ...setup.headers, ...headers });
      const withKey = { 'x-api-key': KEY };

      const page = await ask('/');
      expect([page.status, page.text]).toEqual([200, expect.stringContaining('<div id="app">')]);
      const script = /src="\.(\/assets\/[^"]+)"/.exec(page.text)?.[1] ?? '';
      // As a browser requests a module.
      const asset = await ask(script, 'GET', { origin, 'sec-fetch-site': 'same-origin' });
      expect([asset.status, asset.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
      expect(asset.headers['strict-transport-security']).toBeUndefined();

      expect((await ask('/api/rotors')).status).toBe(401);
      expect((await ask('/api/rotors', 'GET', withKey)).status).toBe(200);
      const stop = await ask(`/api/rotors/${scan.rotorId}/stop`, 'POST', { ...withKey, origin });
      expect([stop.status, stop.text]).toEqual([200, expect.stringContaining('stop')]);
      const foreign = await ask(`/api/rotors/${scan.rotorId}/stop`, 'POST', {
        ...withKey,
        origin: 'http://evil.example',
      });
      expect(foreign.status).toBe(403);

      const socket = await openSocket(
        `${secure ? 'wss' : 'ws'}://127.0.0.1:${proxy.port}${setup.base}/ws/skyscan/${scan.id}`,
        ['skyscan', `bearer.${KEY}`],
        {
          origin,
          headers: { ...setup.headers, host: `${PROXY_NAME}:${proxy.port}` },
          rejectUnauthorized: false,
          ...{ servername: PROXY_NAME },
        },
      );
      await until('the status of the session', () => socket.messages.length > 0);
      expect(socket.messages[0]).toMatchObject({ session_id: scan.id });
      socket.close();
      await socket.closed;
    } finally {
      await proxy.close();
    }
  });

  test('a proxy with a login refuses clients without one', async () => {
    const proxy = await startNginx(NGINX_PATH, underPath.port, LOGIN);
    const answer = await through(proxy, false, 'GET', '/sky/api/rotors', { 'x-api-key': KEY });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Basic realm="Sky Scan"']);
    await proxy.close();
  });

  test('a bare proxy_pass serves the page and assets, and refusals name the variable to set', async () => {
    const proxy = await startNginx('location / { proxy_pass http://127.0.0.1:8080; }', atRoot.port);
    try {
      const origin = `http://${PROXY_NAME}`;
      const page = await through(proxy, false, 'GET', '/');
      const script = /src="\.(\/assets\/[^"]+)"/.exec(page.text)?.[1] ?? '';
      expect((await through(proxy, false, 'GET', script, { origin })).status).toBe(200);
      expect((await through(proxy, false, 'GET', '/api/rotors', { 'x-api-key': KEY })).status).toBe(200);
      const stop = await through(proxy, false, 'POST', `/api/rotors/${scan.rotorId}/stop`, {
        'x-api-key': KEY,
        origin,
      });
      expect(stop.status).toBe(403);
      expect(stop.text).toContain(
        `see ALLOWED_ORIGINS (${origin} is not 127.0.0.1:${atRoot.port}: a proxy must forward Host)`,
      );
      const live = await upgradeStatus(`ws://127.0.0.1:${proxy.port}/ws/skyscan/${scan.id}`, {});
      expect(live).toBe(426);
    } finally {
      await proxy.close();
    }
  });

  test('a refused Host gets a page that names it and ALLOWED_HOSTS', async () => {
    const proxy = await startNginx(NGINX_ROOT.replace('$http_host', 'other.lan'), atRoot.port);
    const answer = await through(proxy, false, 'GET', '/', { accept: 'text/html' });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('ALLOWED_HOSTS=other.lan');
    await proxy.close();
  });

  describeWithBrowser('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser([`--host-resolver-rules=MAP ${PROXY_NAME} 127.0.0.1`]);
    });
    afterAll(() => browser.close());

    test('the dashboard loads under a path behind a login, asks for the key, and updates live', async () => {
      const proxy = await startNginx(NGINX_PATH, underPath.port, LOGIN);
      const context = await browser.newContext({
        httpCredentials: { username: LOGIN.name, password: LOGIN.password },
      });
      try {
        const page = await context.newPage();
        const elsewhere: string[] = [];
        page.on('request', (request) => {
          if (!request.url().startsWith(`http://${PROXY_NAME}:${proxy.port}/sky/`))
            elsewhere.push(request.url());
        });
        await page.goto(`http://${PROXY_NAME}:${proxy.port}/sky/#/sessions/${scan.id}`);
        await page.getByLabel('Key', { exact: true }).fill(KEY);
        await page.getByRole('button', { name: 'Use this key' }).click();
        await page.locator('[data-phase=live]').waitFor({ state: 'attached' });
        await scan.measure(1);
        await page.getByText('1 of 10 points').waitFor();
        expect(elsewhere.filter((url) => !/^(blob|data):/.test(url))).toEqual([]);
      } finally {
        await context.close();
        await proxy.close();
      }
    });
  });
});

interface Through {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Sends a request to the proxy under its host name. */
function through(
  proxy: Proxy,
  secure: boolean,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Through> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port: proxy.port,
      method,
      path,
      agent: false,
      headers: { host: `${PROXY_NAME}:${proxy.port}`, ...headers },
    };
    const request = secure
      ? httpsRequest({ ...options, servername: PROXY_NAME, rejectUnauthorized: false })
      : httpRequest(options);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.on('error', reject);
    request.end();
  });
}
