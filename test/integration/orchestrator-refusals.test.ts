import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configSchema } from '../../services/scan-orchestrator/config.ts';
import { start } from '../../services/scan-orchestrator/service.ts';
import { loadConfig } from '#shared/runtime/env';
import { createLifecycle } from '#shared/runtime/lifecycle';
import { connectRawGrpcClient, type RawGrpcClient } from '../support/raw-grpc-client.ts';
import { startInstantHardware, type InstantHardware } from '../support/instant-hardware.ts';
import { rotorConfig } from '../support/scan-fakes.ts';
import { PATIENT_ENV } from '../support/patience.ts';

// Refusals because of properties that the hardware reports.

const logger = pino({ level: 'silent' });
const lifecycle = createLifecycle(logger);
const spec = { azStartDeg: 0, azEndDeg: 10, elStartDeg: 10, elEndDeg: 20, stepDeg: 5, rssiIterations: 3 };
const rotor = { ...rotorConfig(), rssiSource: 'RSSI_SOURCE_SDR' };
let hardware: InstantHardware;
let folder: string;
let client: RawGrpcClient;

beforeAll(async () => {
  hardware = await startInstantHardware(() => 0);
  folder = await mkdtemp(join(tmpdir(), 'sky-scan-orchestrator-'));
  const config = loadConfig(configSchema, {
    ...PATIENT_ENV,
    ORCHESTRATOR_PORT: '0',
    DATA_DIR: folder,
    MQTT_URL: 'mqtt://127.0.0.1:1',
    ROTOR_DRIVER_ADDRESS: hardware.driverAddress,
    SDR_SAMPLER_ADDRESS: hardware.samplerAddress,
  });
  const { port } = await start(config, logger, lifecycle);
  client = await connectRawGrpcClient('scan_orchestrator.proto', 'ScanOrchestrator', port);
});

afterAll(async () => {
  client.close();
  await lifecycle.close();
  await hardware.close();
  await rm(folder, { recursive: true });
});

test('a receiver that does not time its reads can be used in step mode but not on the fly', async () => {
  expect(await client.call('probe', { spec, rotor })).toMatchObject({ rotorModel: 'instant' });
  const onTheFly = { ...spec, mode: 'SCAN_MODE_ON_THE_FLY' };
  expect(await client.refusal('probe', { spec: onTheFly, rotor })).toEqual({
    kind: 'out_of_range',
    message:
      'scan_mode on_the_fly needs reads with exact times, which receiver default (rtl_power) does not provide: ' +
      'use scan_mode step',
  });
});
