import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RotorDriverDefinition } from '#proto/rotor_driver';
import { ScanOrchestratorDefinition } from '#proto/scan_orchestrator';
import { SdrSamplerDefinition } from '#proto/sdr_sampler';
import { loadConfig } from '#shared/runtime/env';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import { createHealthClient } from '#shared/runtime/grpc-health';
import { createLifecycle } from '#shared/runtime/lifecycle';
import { createLogger } from '#shared/runtime/logger';
import { configSchema as orchestratorSchema } from '../../services/scan-orchestrator/config.ts';
import { start as startOrchestrator } from '../../services/scan-orchestrator/service.ts';
import { startAedes, type TestBroker } from '../support/gateway-broker.ts';
import { startSampler, type TestSampler } from '../support/observatory.ts';
import { PATIENT, PATIENT_ENV } from '../support/patience.ts';
import { startTestDriver, type TestDriver } from '../support/rotctld-driver.ts';
import { until } from '../support/until.ts';

// The services of site `hill`, without hardware.

const lifecycle = createLifecycle(createLogger('test', 'silent'));
let folder: string;
let broker: TestBroker;
let driver: TestDriver;
let sampler: TestSampler;
let orchestratorPort: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-hill-'));
  broker = await startAedes();
  const site = { SITE_NAME: 'hill', MQTT_URL: broker.url };
  driver = await startTestDriver(site);
  sampler = await startSampler(1, site);
  const env = {
    ...PATIENT_ENV,
    ...site,
    DATA_DIR: folder,
    ORCHESTRATOR_PORT: '0',
    ROTOR_DRIVER_ADDRESS: `127.0.0.1:${driver.port}`,
    SDR_SAMPLER_ADDRESS: `127.0.0.1:${sampler.port}`,
  };
  const config = loadConfig(orchestratorSchema, env);
  ({ port: orchestratorPort } = await startOrchestrator(config, createLogger('test', 'silent'), lifecycle));
});
afterAll(async () => {
  await lifecycle.close();
  await driver.close();
  await sampler.close();
  await broker.close();
  rmSync(folder, { recursive: true });
});

const services = [
  [
    'rotor-driver',
    () => driver.port,
    async (address: string, site?: string) => {
      const { client, close } = createGrpcClient(RotorDriverDefinition, address, PATIENT, site);
      await client.inUse({ rotorId: 1 }).finally(close);
    },
  ],
  [
    'scan-orchestrator',
    () => orchestratorPort,
    async (address: string, site?: string) => {
      const { client, close } = createGrpcClient(ScanOrchestratorDefinition, address, PATIENT, site);
      await client.listSessions({}).finally(close);
    },
  ],
  [
    'sdr-sampler',
    () => sampler.port,
    async (address: string, site?: string) => {
      const { client, close } = createGrpcClient(SdrSamplerDefinition, address, PATIENT, site);
      await client.readClock({}).finally(close);
    },
  ],
] as const;

describe.each(services)('%s', (name, portOf, call) => {
  test('answers calls for its site only', async () => {
    const address = `127.0.0.1:${portOf()}`;
    await call(address, 'hill');
    const refused = {
      kind: 'wrong_site',
      message: expect.stringMatching(/^serves site hill, not /) as string,
    };
    await expect(call(address, 'Hill')).rejects.toMatchObject(refused);
    await expect(call(address)).rejects.toMatchObject({
      kind: 'wrong_site',
      message: 'serves site hill, not local (SITE_NAME)',
    });
  });

  test('reports its health to everybody, and its status under a name of its own', async () => {
    const health = createHealthClient(`127.0.0.1:${portOf()}`, PATIENT);
    expect(await health.isServing('', 60_000)).toBe(true);
    health.close();
    const reader = await mqtt.connectAsync(broker.url, { protocolVersion: 4 });
    const topics = new Set<string>();
    reader.on('message', (topic) => topics.add(topic));
    await reader.subscribeAsync('skyscan/services/#');
    await until('its status', () => topics.has(`skyscan/services/${name}-hill/status`));
    expect([...topics]).not.toContain(`skyscan/services/${name}/status`);
    await reader.endAsync(true);
  });
});

test('the orchestrator reaches rotor-driver and sdr-sampler of its site', async () => {
  const address = `127.0.0.1:${orchestratorPort}`;
  const { client, close } = createGrpcClient(ScanOrchestratorDefinition, address, PATIENT, 'hill');
  const { receivers } = await client.listReceivers({}).finally(close);
  expect(receivers).toMatchObject([
    { name: 'default', trouble: expect.stringContaining('127.0.0.1:1') as string },
  ]);
});
