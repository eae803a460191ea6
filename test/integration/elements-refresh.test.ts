import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RepeatedWork } from '#shared/runtime/repeated-work';
import type { Satellites } from '#contract/rest/known-sky';
import { connectSkyAnalyst, type SkyAnalyst } from '../../services/api-gateway/clients/sky-analyst.ts';
import { createElementsRefresh } from '../../services/api-gateway/identification/elements-refresh.ts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { startAnalyst } from '../support/analyst.ts';
import { PATIENT } from '../support/patience.ts';
import { madeUpElements } from '../support/satellite-population.ts';
import { seededRandom } from '../support/samples.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Orbital elements from a folder and from a web server, which the owner configures.

const ELEMENTS = madeUpElements(20, Date.UTC(2026, 10, 29), seededRandom(6));
const HOUR_MS = 3_600_000;
const POLL_MS = 20;
const logger = pino({ level: 'silent' });

const world = useGatewayWorld();
let analyst: Awaited<ReturnType<typeof startAnalyst>>;
let client: SkyAnalyst;
let db: Database;
let folder: string;
let server: Server;
let url: string;
let answer: RequestListener;
let requests: IncomingMessage[] = [];
let running: RepeatedWork[] = [];

beforeAll(async () => {
  analyst = await startAnalyst();
  client = connectSkyAnalyst(`127.0.0.1:${analyst.port}`, PATIENT);
  db = createDatabase([world.database.url], logger);
  folder = await mkdtemp(join(tmpdir(), 'elements-'));
  server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/elements`;
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.close()));
  running = [];
  requests = [];
  await db.query('delete from elements_sources');
  await db.query('delete from known_sky');
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
  await db.close();
  client.close();
  await analyst.close();
});

function refresh(settings: { path?: string; url?: string }, intervalMs = HOUR_MS): RepeatedWork {
  const { path, url: address } = settings;
  const started = createElementsRefresh(db, client, logger, {
    path,
    url: address,
    intervalMs,
    pollMs: POLL_MS,
  });
  started.start();
  running.push(started);
  return started;
}

const write = (name: string, value: unknown) =>
  writeFile(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
const satellites = async () => (await world.gateway.get('/api/satellites')).body as Satellites;
const untilStored = (what: string, matches: (found: Satellites) => boolean) =>
  until(what, async () => {
    const found = await satellites();
    return matches(found) ? found : undefined;
  });
const remove = () => world.gateway.request('/api/satellites/elements', { method: 'DELETE' });

test('files of a folder are read, and again when they change', async () => {
  await write('one.json', ELEMENTS.slice(0, 5));
  await write('two.json', ELEMENTS.slice(3, 8));
  await write('.hidden', 'garbage');
  refresh({ path: folder });
  const first = await untilStored('the files are read', ({ count }) => count === 8);
  expect(first).toMatchObject({ source: 'folder', skipped: 0, problem: null });
  await write('two.json', ELEMENTS);
  await untilStored('the change is read', ({ count }) => count === 20);
  await remove();
  await untilStored('deleted elements are read again', ({ count }) => count === 20);
  for (const name of ['one.json', 'two.json']) await write(name, 'garbage');
  const broken = await untilStored('the problem is stated', ({ problem }) => problem !== null);
  expect(broken).toMatchObject({ count: 20, source: 'folder' });
  expect(broken.problem).toMatch(/^ELEMENTS_PATH: orbital elements: no usable record/);
  await write('two.json', ELEMENTS.slice(0, 2));
  await untilStored('the problem is over', ({ count, problem }) => count === 2 && problem === null);
});

test('a folder that does not exist is a problem', async () => {
  refresh({ path: join(folder, 'nowhere') });
  const { problem } = await untilStored('the problem is stated', (found) => found.problem !== null);
  expect(problem).toMatch(/^ELEMENTS_PATH: ENOENT/);
});

test('a URL is fetched by one of two gateways, not before the interval', async () => {
  answer = (_request, response) => response.setHeader('etag', '"1"').end(JSON.stringify(ELEMENTS));
  refresh({ url });
  refresh({ url });
  const found = await untilStored('the document is stored', ({ count }) => count === 20);
  expect(found).toMatchObject({ source: 'url', problem: null });
  // A later refresh begins with the state that the others left.
  await remove();
  await until('it is fetched again', () => requests.length === 2);
  expect(requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined]);
  expect(requests[0]?.headers['user-agent']).toMatch(/^sky-scan\/\d/);
  await untilStored('the document is stored again', ({ count }) => count === 20);
});

test('a document that has not changed is not read again', async () => {
  answer = (request, response) => {
    const isKnown = request.headers['if-none-match'] === '"1"';
    response.setHeader('etag', '"1"').setHeader('last-modified', 'Sun, 29 Nov 2026 12:00:00 GMT');
    if (isKnown) response.writeHead(304).end();
    else response.end(JSON.stringify(ELEMENTS));
  };
  refresh({ url }, POLL_MS);
  const { fetched_at } = await untilStored('the document is stored', ({ count }) => count === 20);
  await until('it is fetched again', () => requests.length > 2);
  expect(requests.at(-1)?.headers).toMatchObject({
    'if-none-match': '"1"',
    'if-modified-since': 'Sun, 29 Nov 2026 12:00:00 GMT',
  });
  expect(await satellites()).toMatchObject({ count: 20, fetched_at, problem: null });
});

test.each<[string, RequestListener, RegExp]>([
  [
    'a refusal',
    (_request, response) => response.writeHead(403).end('Too many\nrequests'),
    /^ELEMENTS_URL: status 403: Too many requests$/,
  ],
  [
    'garbage',
    (_request, response) => response.end('<html>\n<p>\n'),
    /ELEMENTS_URL: orbital elements: no usable/,
  ],
  [
    'a document without end',
    (_request, response) => {
      const part = '{},'.repeat(10_000);
      const more = () => {
        while (response.write(part));
      };
      response.on('drain', more);
      more();
    },
    /ELEMENTS_URL: orbital elements: more than 100000 records/,
  ],
  ['no answer', ({ socket }) => socket.destroy(), /^ELEMENTS_URL: no answer: other side closed/],
])('%s keeps what is stored, and is not repeated soon', async (_, listener, message) => {
  answer = (_request, response) => response.end(JSON.stringify(ELEMENTS));
  const first = refresh({ url });
  await untilStored('the document is stored', ({ count }) => count === 20);
  await first.close();
  await db.query('update elements_sources set next_at = null');
  answer = listener;
  refresh({ url });
  const { problem, count } = await untilStored('the problem is stated', (found) => found.problem !== null);
  expect([count, problem]).toEqual([20, expect.stringMatching(message)]);
  expect(requests).toHaveLength(2);
});
