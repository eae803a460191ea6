import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { createLogger } from './logger.ts';
import { createRegistry, serveMetrics, watchBroker } from './metrics.ts';

const logger = createLogger('test', 'silent');
const TOKEN = 'a-token-of-enough-letters';
let lifecycle: Lifecycle | undefined;

const serve = (settings: Partial<Parameters<typeof serveMetrics>[1]> = {}, port: number | undefined = 0) => {
  lifecycle = createLifecycle(logger);
  const registry = createRegistry();
  watchBroker(registry, () => true);
  const at = { port, variable: 'X_METRICS_PORT' };
  return serveMetrics(registry, { METRICS_HOST: '127.0.0.1', ...settings }, at, logger, lifecycle);
};

afterEach(() => lifecycle?.close());

test('metrics are served with those of the process', async () => {
  const port = await serve();
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const text = await answer.text();
  expect(text).toContain('skyscan_mqtt_connected 1\n');
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
});

test('nothing else is served', async () => {
  const url = `http://127.0.0.1:${await serve()}`;
  expect((await fetch(url)).status).toBe(404);
  expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(404);
});

test('without a port, nothing listens', async () => {
  lifecycle = createLifecycle(logger);
  const none = { port: undefined, variable: 'X_METRICS_PORT' };
  expect(
    await serveMetrics(createRegistry(), { METRICS_HOST: '127.0.0.1' }, none, logger, lifecycle),
  ).toBeUndefined();
});

test('with a token, only its holder reads them', async () => {
  const url = `http://127.0.0.1:${await serve({ METRICS_TOKEN: TOKEN })}/metrics`;
  const status = async (authorization?: string) =>
    (await fetch(url, { headers: authorization === undefined ? {} : { authorization } })).status;
  expect(await status()).toBe(401);
  expect(await status('Bearer wrong')).toBe(401);
  expect(await status(`Bearer ${TOKEN}`)).toBe(200);
});

test('beyond loopback, a token is needed', async () => {
  await expect(serve({ METRICS_HOST: '0.0.0.0' })).rejects.toThrow(
    'METRICS_HOST 0.0.0.0 can be reached from other machines and needs METRICS_TOKEN',
  );
});

test('a port in use is named with its variable', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(serve({}, port)).rejects.toThrow(
    `port ${port} on 127.0.0.1 for metrics is in use; choose another with X_METRICS_PORT`,
  );
  other.close();
});
