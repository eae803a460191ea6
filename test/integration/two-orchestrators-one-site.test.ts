import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '#shared/runtime/env';
import { createLifecycle, type Lifecycle } from '#shared/runtime/lifecycle';
import { configSchema } from '../../services/scan-orchestrator/config.ts';
import { start } from '../../services/scan-orchestrator/service.ts';
import { createGatewayWorld, type Gateway, type GatewayWorld } from '../support/gateway-harness.ts';
import { PATIENT_ENV } from '../support/patience.ts';
import { recordLog, type LogLine } from '../support/recorded-log.ts';
import { until } from '../support/until.ts';

// Two real orchestrators of one site, each with its own gateway.

interface Orchestrator {
  address: string;
  /** Errors in its log. */
  lines: LogLine[];
  lifecycle: Lifecycle;
}

let folder: string;
let world: GatewayWorld;
let orchestrators: [Orchestrator, Orchestrator];
let gateways: [Gateway, Gateway];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-two-'));
  world = await createGatewayWorld();
  await world.gateway.close();
  orchestrators = [await startOrchestrator('first'), await startOrchestrator('second')];
  const [first, second] = orchestrators;
  gateways = [
    await world.startGateway({ GATEWAY_ID: 'first', ORCHESTRATOR_ADDRESS: first.address }),
    await world.startGateway({ GATEWAY_ID: 'second', ORCHESTRATOR_ADDRESS: second.address }),
  ];
});

afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await Promise.all(orchestrators.map(({ lifecycle }) => lifecycle.close()));
  await world.close();
  rmSync(folder, { recursive: true });
});

async function startOrchestrator(name: string): Promise<Orchestrator> {
  const { logger, lines } = recordLog('error');
  const lifecycle = createLifecycle(logger);
  const config = loadConfig(configSchema, {
    ...PATIENT_ENV,
    ORCHESTRATOR_PORT: '0',
    DATA_DIR: join(folder, name),
    MQTT_URL: world.broker.url,
    ROTOR_DRIVER_ADDRESS: world.driver.address,
    SDR_SAMPLER_ADDRESS: '127.0.0.1:1',
  });
  const { port } = await start(config, logger, lifecycle);
  return { address: `127.0.0.1:${port}`, lines, lifecycle };
}

test('one is used; the other and its gateway report it, until they are the only ones', async () => {
  const [first, second] = orchestrators;
  const reported = /^another scan-orchestrator \(\S+, through gateway first\) serves this site; this one/;
  const stateOf = async (gateway: Gateway) => {
    const { body } = await gateway.get('/health');
    return (body as { dependencies: Record<string, string> }).dependencies['orchestrator'] ?? '';
  };
  await until('the gateway reports it', async () => reported.test(await stateOf(gateways[1])));
  await until('the orchestrator logs it', () => second.lines.some(({ msg }) => reported.test(msg)));
  expect(await stateOf(gateways[0])).toBe('ok');
  expect(first.lines).toEqual([]);

  await gateways[0].close();
  await until('the second gateway works', async () => (await stateOf(gateways[1])) === 'ok');
});
