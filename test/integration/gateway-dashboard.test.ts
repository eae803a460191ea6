import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DASHBOARD_FOLDER, dashboard } from '../../services/api-gateway/http/dashboard.ts';
import { createGatewayWorld, send, type Answer, type GatewayWorld } from '../support/gateway-harness.ts';

const SCRIPT = 'console.log("from the sky");\n'.repeat(50);
const PAGE = '<!doctype html><title>Sky Scan</title>';

let root: string;
let server: Server;

/** Serves a folder as the gateway does; other paths return 418. */
function serve(folder: string): Promise<Server> {
  const app = express();
  app.disable('etag');
  app.use(dashboard(folder));
  app.use((_request, response) => void response.status(418).end());
  const listening = createServer(app);
  return new Promise((resolve) => listening.listen(0, '127.0.0.1', () => resolve(listening)));
}

const portOf = (of: Server) => (of.address() as AddressInfo).port;
const ask = (path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> =>
  send('127.0.0.1', portOf(server), path, { method, headers });

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'sky-scan-dashboard-'));
  mkdirSync(join(root, 'dashboard/assets'), { recursive: true });
  writeFileSync(join(root, 'secret.js'), 'secret');
  writeFileSync(join(root, 'dashboard/secret.key'), 'secret');
  writeFileSync(join(root, 'dashboard/index.html'), PAGE);
  writeFileSync(join(root, 'dashboard/assets/index-abc.js'), SCRIPT);
  writeFileSync(join(root, 'dashboard/assets/notes.txt'), 'secret');
  server = await serve(join(root, 'dashboard/'));
});

afterAll(() => {
  server.close();
  rmSync(root, { recursive: true, force: true });
});

describe('dashboard files', () => {
  test('the page is always revalidated, its scripts are cached', async () => {
    const page = await ask('/');
    expect([page.status, page.text, page.headers['content-type'], page.headers['cache-control']]).toEqual([
      200,
      PAGE,
      'text/html; charset=utf-8',
      'no-cache',
    ]);
    const script = await ask('/assets/index-abc.js');
    expect([script.status, script.text, script.headers['content-type']]).toEqual([
      200,
      SCRIPT,
      'text/javascript; charset=utf-8',
    ]);
    expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test('a cached page gets 304', async () => {
    const { headers } = await ask('/');
    const again = await ask('/', 'GET', { 'if-none-match': String(headers['etag']) });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('gzip shortens the transfer and keeps the content', async () => {
    const plain = await ask('/assets/index-abc.js');
    const zipped = await fetch(`http://127.0.0.1:${portOf(server)}/assets/index-abc.js`, {
      headers: { 'accept-encoding': 'gzip' },
    });
    expect([zipped.headers.get('content-encoding'), await zipped.text()]).toEqual(['gzip', SCRIPT]);
    const length = Number(zipped.headers.get('content-length'));
    expect(length).toBeLessThan(Number(plain.headers['content-length']) / 2);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect([plain.headers['vary'], zipped.headers.get('vary')]).toEqual([
      'Accept-Encoding',
      'Accept-Encoding',
    ]);
  });

  test.each(['/', '/assets/index-abc.js'])('HEAD %s has the headers of GET and no body', async (path) => {
    const [get, head] = [await ask(path), await ask(path, 'HEAD')];
    const without = ({ date: _date, ...headers }: Answer['headers']) => headers;
    expect([head.status, head.text, without(head.headers)]).toEqual([200, '', without(get.headers)]);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is 405', async (method) => {
    const answer = await ask('/', method);
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD']);
  });

  test.each([
    '/assets/../../secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/assets/%2e%2e/%2e%2e/secret.js',
    '/assets/..\\..\\secret.js',
    '/assets/../secret.key',
    '/assets//etc/passwd',
    '/assets/notes.txt',
    '/assets/',
    '/assets/index-abc.js%00.txt',
    '/assets/index-abc.js/',
    '/assets/__proto__',
    '/assets/%zz',
  ])('%s is not found', async (path) => {
    const { status, text } = await ask(path);
    expect([status, text]).toEqual([404, '{"detail":"Not Found"}']);
  });

  test.each(['/index.html', '/secret.key', '//', '/api/rotors', '/Assets/index-abc.js'])(
    '%s is not a dashboard path',
    async (path) => expect((await ask(path)).status).toBe(418),
  );

  test('a missing build is reported with a remedy', async () => {
    const bare = await serve(join(root, 'nowhere/'));
    const answer = await send('127.0.0.1', portOf(bare), '/', {});
    expect([answer.status, answer.body]).toEqual([
      503,
      { detail: 'The dashboard is not built; run `npm run build` and restart Sky Scan' },
    ]);
    bare.close();
  });

  test('a new build does not affect a running gateway', async () => {
    const folder = join(root, 'replaced/');
    mkdirSync(join(folder, 'assets'), { recursive: true });
    writeFileSync(join(folder, 'index.html'), PAGE);
    writeFileSync(join(folder, 'assets/old.js'), SCRIPT);
    const running = await serve(folder);
    rmSync(folder, { recursive: true });
    const answer = await send('127.0.0.1', portOf(running), '/assets/old.js', {});
    expect([answer.status, answer.text]).toEqual([200, SCRIPT]);
    running.close();
  });
});

describe('the built dashboard in a gateway with keys', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await createGatewayWorld({ API_KEYS: 'correct-horse-battery' });
  });
  afterAll(() => world.close());

  test('is built, and small enough for a phone', async () => {
    expect(DASHBOARD_FOLDER).toMatch(/dist\/services\/dashboard\/$/);
    const { text } = await world.gateway.get('/');
    const paths = [...text.matchAll(/(?:src|href)="\.(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths) expect((await world.gateway.get(path)).status).toBe(200);
  });

  test('is public; the API requires a key', async () => {
    expect((await world.gateway.get('/')).status).toBe(200);
    expect((await world.gateway.get('/api/rotors')).status).toBe(401);
    expect((await world.gateway.get('/docs')).status).toBe(401);
  });

  test('has a policy against inline code and other hosts, and complies with it', async () => {
    const { headers, text } = await world.gateway.get('/');
    const policy = String(headers['content-security-policy']);
    const rules = new Map(
      policy.split('; ').map((rule) => rule.split(/ (.*)/s).slice(0, 2) as [string, string]),
    );
    expect(rules.get('default-src')).toBe("'none'");
    for (const name of ['script-src', 'style-src', 'connect-src', 'font-src'])
      expect([name, rules.get(name)]).toEqual([name, "'self'"]);
    for (const name of ['base-uri', 'form-action', 'frame-ancestors'])
      expect([name, rules.get(name)]).toEqual([name, "'none'"]);
    expect(rules.get('img-src')).toBe("'self' data: blob:");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|https?:\/\/|<script(?![^>]*\ssrc=)/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test('other pages of the gateway allow no scripts', async () => {
    const docs = await world.gateway.request('/docs', {
      headers: { authorization: 'Bearer correct-horse-battery' },
    });
    expect(docs.headers['content-security-policy']).not.toContain('script-src');
  });

  test('refuses a foreign host name too', async () => {
    expect((await world.gateway.request('/', { headers: { host: 'evil.example' } })).status).toBe(403);
  });
});

const KEY = 'correct-horse-battery';

describe.each(['', '/sky'])('page addresses typed into a browser, BASE_PATH "%s"', (base) => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await createGatewayWorld({ API_KEYS: KEY, BASE_PATH: base });
  });
  afterAll(() => world.close());

  const BROWSER = 'text/html,application/xhtml+xml,*/*;q=0.8';
  const open = (path: string, accept: string, method = 'GET') =>
    world.gateway.request(path, { method, headers: { accept, 'x-api-key': KEY } });

  test.each([
    ['/start', '#/start'],
    ['/sessions', '#/sessions'],
    ['/sessions/', '#/sessions'],
    ['/sessions?status=running&page=2', '#/sessions?status=running&page=2'],
    ['/sessions/3?projection=polar', '#/sessions/3?projection=polar'],
    ['/compare/1/2', '#/compare/1/2'],
    ['/rotors/1/edit', '#/rotors/1/edit'],
    ['//evil.example/', undefined],
  ])('%s redirects to %s', async (path, hash) => {
    const { status, headers } = await open(base + path, BROWSER);
    const location = headers['location'];
    if (hash === undefined) {
      expect([status, location]).toEqual([404, undefined]);
      return;
    }
    expect(status).toBe(302);
    const target = new URL(String(location), `http://sky.example${base}${path}`);
    expect(target.href).toBe(`http://sky.example${base}/${hash}`);
    expect((await open(target.pathname, BROWSER)).headers['content-type']).toMatch(/^text\/html/);
    // A proxy that removes the prefix itself.
    expect((await open(path, BROWSER)).headers['location']).toBe(location);
  });

  test.each([
    ['GET', '/sessions/3', '*/*'],
    ['GET', '/start', 'application/json'],
    ['HEAD', '/start', BROWSER],
    ['POST', '/start', BROWSER],
    ['GET', '/nowhere', BROWSER],
    ['GET', '/rotors/1/2', BROWSER],
  ])('%s %s with Accept: %s is 404', async (method, path, accept) => {
    const { status, headers } = await open(base + path, accept, method);
    expect([status, headers['content-type']]).toEqual([404, 'application/json; charset=utf-8']);
  });

  test('serves the page without a key', async () => {
    const { status } = await world.gateway.request(`${base}/start`, { headers: { accept: BROWSER } });
    expect(status).toBe(302);
  });

  test('a link on another site leads to the page', async () => {
    const headers = {
      accept: BROWSER,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const { status } = await world.gateway.request(`${base}/sessions/3`, { headers });
    expect(status).toBe(302);
  });

  if (base !== '')
    test('the prefix without a slash leads to the page', async () => {
      const { status, headers } = await open(base, BROWSER);
      const target = new URL(String(headers['location']), `http://sky.example${base}`);
      expect([status, target.href]).toEqual([302, `http://sky.example${base}/`]);
    });
});
