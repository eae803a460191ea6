import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ScanOrchestratorDefinition } from '#proto/scan_orchestrator';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import { rotorConfigToMessage } from '#shared/rotor/rotor-messages';
import { rotorConfig } from '../support/scan-fakes.ts';
import { startServiceProcess, type ServiceProcess } from '../support/service-process.ts';
import { until } from '../support/until.ts';
import { expectComplete, untilPoints, startScan, TOTAL } from '../support/whole-scan.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';

// Two orchestrators, one rotor: one holds it, the other names the holder and waits.

let watched: WatchedStack;
let folder: string;
const processes: ServiceProcess[] = [];

beforeAll(async () => {
  watched = await startWatchedStack();
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-second-'));
});

afterEach(async () => {
  for (const process of processes) process.kill('SIGKILL');
  await Promise.all(processes.splice(0).map(({ exited }) => exited));
});

afterAll(async () => {
  await watched.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts another orchestrator with the same driver, sampler and broker. */
async function startSecond(dataDir: string): Promise<ServiceProcess> {
  const { addresses, access } = watched.stack;
  const second = await startServiceProcess('scan-orchestrator', {
    ORCHESTRATOR_PORT: '0',
    ROTOR_DRIVER_ADDRESS: addresses.rotorDriver,
    SDR_SAMPLER_ADDRESS: addresses.sdrSampler,
    MQTT_URL: addresses.mqttUrl,
    DATA_DIR: dataDir,
    ...access,
  });
  processes.push(second);
  return second;
}

test('with separate data folders: the second names the holder of the rotor and measures afterwards', async () => {
  const { stack, rotctld, rotorId, link } = watched;
  const first = await startScan(stack, rotorId);
  await untilPoints(stack, first, 5);
  const { facts } = await startSecond(folder);
  const { client, close } = createGrpcClient(ScanOrchestratorDefinition, `127.0.0.1:${facts?.port ?? 0}`, {
    token: readFileSync(stack.access['GRPC_TOKEN_FILE'] ?? '', 'utf8').trim(),
  });
  try {
    const motion = { speedDegPerS: 300, accelerationDegPerS2: 2_000 };
    const receiver = { centerFrequencyHz: 1e8, bandwidthHz: 2e6, gainDb: 29.7, readMs: 5 };
    const rotor = { port: link.port, settleMs: 20, azimuth: motion, elevation: motion, receiver };
    const bounds = { azStartDeg: 100, azEndDeg: 110, elStartDeg: 60, elEndDeg: 65, stepDeg: 5 };
    await client.start({
      sessionId: 900_001,
      spec: { ...bounds, rssiIterations: 2 },
      // The rotor must be registered: rotor-driver moves no other.
      rotor: rotorConfigToMessage(rotorConfig({ ...rotor, id: rotorId })),
    });
    const own = async () => (await client.listSessions({})).sessions[0];
    await until('the second names the holder', async () =>
      (await own())?.notes?.includes(`waiting for the rotor: the rotor is held by session ${first}`),
    );
    await expectComplete(stack, first);
    await until('the second has measured its points', async () => (await own())?.completedPoints === 6);
  } finally {
    close();
  }
  const targets = rotctld.commands.flatMap(({ target }) => target ?? []);
  const ofSecond = targets.map(({ elevationDeg }) => elevationDeg >= 60);
  // All points of the first, then all points of the second.
  expect(ofSecond.indexOf(true)).toBe(ofSecond.lastIndexOf(false) + 1);
  expect(new Set(targets.map((target) => JSON.stringify(target))).size).toBe(TOTAL + 6);
  expect(targets).toHaveLength(TOTAL + 6);
});

test('with the same data folder: the second exits with one message; the first is not affected', async () => {
  const { stack, rotorId } = watched;
  const first = await startScan(stack, rotorId);
  await untilPoints(stack, first, 5);
  const second = await startSecond(stack.dataDir);
  expect(await second.exited).toBe(1);
  const lines = second.output().trim().split('\n');
  expect(lines[0]).toMatch(/the journal in \S+ cannot be opened: .*lock/i);
  expect((await expectComplete(stack, first)).notes).toBeNull();
});
