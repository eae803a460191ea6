import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ScanOrchestratorDefinition, SessionStatus } from '#proto/scan_orchestrator';
import { loadConfig } from '#shared/runtime/env';
import { createGrpcClient, type GrpcClient } from '#shared/runtime/grpc-client';
import { createLifecycle } from '#shared/runtime/lifecycle';
import { createLogger } from '#shared/runtime/logger';
import { configSchema } from '../../services/scan-orchestrator/config.ts';
import { start } from '../../services/scan-orchestrator/service.ts';
import { createFakeBirdcage, type FakeBirdcage } from '../support/rotctld-birdcage.ts';
import { startTestDriver, testRotor, type TestDriver } from '../support/rotctld-driver.ts';
import {
  createFakeRotator,
  hamlibScript,
  plainScript,
  reportingAtRestOnly,
  startScriptedRotctld,
  type FakeRotator,
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';
import { until } from '../support/until.ts';
import { PATIENT, PATIENT_ENV } from '../support/patience.ts';

// A scan with levels of the rotator: the real orchestrator and rotor-driver over gRPC, the dish
// with birdcage over TCP. No SDR, sampler or broker.

const SPEC = { azStartDeg: 10, azEndDeg: 16, elStartDeg: 20, elEndDeg: 24, stepDeg: 2, rssiIterations: 4 };
const POINTS = 12;
const levelAt = (azimuthDeg: number, elevationDeg: number) => -120 + azimuthDeg + elevationDeg / 2;

describe('a scan with the receiver of the rotator', () => {
  const logger = createLogger('test', 'silent');
  let rotator: FakeRotator;
  let dish: FakeBirdcage;
  let server: ScriptedRotctld;
  let driver: TestDriver;
  let rotor: ReturnType<typeof testRotor>;
  let orchestrator: GrpcClient<typeof ScanOrchestratorDefinition>;
  let close: () => Promise<void>;

  beforeEach(async () => {
    rotator = createFakeRotator();
    dish = createFakeBirdcage(rotator, levelAt);
    server = await startScriptedRotctld(dish.script);
    driver = await startTestDriver();
    rotor = testRotor(server.port, {
      rssiSource: 'rotctld',
      azimuth: { speedDegPerS: 60, accelerationDegPerS2: 6_000 },
      elevation: { speedDegPerS: 60, accelerationDegPerS2: 6_000 },
    });
    const folder = await mkdtemp(join(tmpdir(), 'sky-scan-birdcage-'));
    const lifecycle = createLifecycle(logger);
    const config = loadConfig(configSchema, {
      ...PATIENT_ENV,
      ORCHESTRATOR_PORT: '0',
      DATA_DIR: folder,
      MQTT_URL: 'mqtt://127.0.0.1:1',
      ROTOR_DRIVER_ADDRESS: `127.0.0.1:${driver.port}`,
      SDR_SAMPLER_ADDRESS: '127.0.0.1:1',
    });
    const { port } = await start(config, logger, lifecycle);
    const connection = createGrpcClient(ScanOrchestratorDefinition, `127.0.0.1:${port}`, PATIENT);
    orchestrator = connection.client;
    close = async () => {
      connection.close();
      await lifecycle.close();
      await rm(folder, { recursive: true });
    };
  });
  afterEach(async () => {
    await close();
    await driver.close();
    await server.close();
  });

  const session = async () => (await orchestrator.listSessions({})).sessions[0];

  test('measures every point with its amplifier on', async () => {
    const probed = await orchestrator.probe({ spec: SPEC, rotor });
    expect(probed).toMatchObject({ rotorModel: 'Birdcage', receiver: 'receiver of Birdcage' });
    await orchestrator.start({ sessionId: 1, spec: SPEC, rotor });
    await until(
      'the end',
      async () => (await session())?.status === SessionStatus.SESSION_STATUS_COMPLETED,
      50_000,
    );
    const { points } = await orchestrator.replayPoints({ sessionId: 1, afterSeq: 0, limit: 100 });
    expect(points.map(({ seq }) => seq)).toEqual(Array.from({ length: POINTS }, (_, i) => i + 1));
    for (const { setpoint, meanDbm, stdDb, reads, flags } of points) {
      expect(meanDbm).toBeCloseTo(levelAt(setpoint?.azimuthDeg ?? NaN, setpoint?.elevationDeg ?? NaN), 0);
      expect({ stdDb, reads, flags }).toEqual({ stdDb: 0, reads: 4, flags: [] });
    }
    expect(dish.switched).toBe(1);
    const letters = server.log.map((line) => line.replace(/^\d+:/, '')).filter((line) => /^[RLD]/.test(line));
    expect(letters.slice(0, 3)).toEqual(['D', 'L', 'R 4']);
  });

  test('measures every point with a dish that reports its position only at rest', async () => {
    // The first slew takes longer than the stall timeout of other rotators.
    const slow = createFakeRotator(8);
    server.script = createFakeBirdcage(reportingAtRestOnly(slow), levelAt).script;
    const axis = { speedDegPerS: 8, accelerationDegPerS2: 6_000 };
    await orchestrator.start({
      sessionId: 1,
      spec: SPEC,
      rotor: { ...rotor, azimuth: axis, elevation: axis },
    });
    await until(
      'the end',
      async () => (await session())?.status === SessionStatus.SESSION_STATUS_COMPLETED,
      50_000,
    );
    expect((await session())?.notes ?? '').toBe('');
    const { points } = await orchestrator.replayPoints({ sessionId: 1, afterSeq: 0, limit: 100 });
    expect(points).toHaveLength(POINTS);
    for (const { setpoint, meanDbm } of points)
      expect(meanDbm).toBeCloseTo(levelAt(setpoint?.azimuthDeg ?? NaN, setpoint?.elevationDeg ?? NaN), 0);
  });

  test.each([
    ['a dish without a receiver', () => createFakeBirdcage(rotator, levelAt, '').script],
    ['a plain server', () => plainScript(rotator)],
    ['Hamlib', () => hamlibScript(rotator)],
  ])('is refused by %s', async (_, script) => {
    server.script = script();
    await expect(orchestrator.probe({ spec: SPEC, rotor })).rejects.toMatchObject({
      kind: 'unsupported',
      message: 'Rotor does not support RSSI',
    });
    expect(server.log.filter((line) => /:\+?[RLP]/.test(line))).toEqual([]);
  });

  test('pauses with a note when the receiver is lost during the scan', async () => {
    server.script = (line, caller) => {
      const measured = server.log.filter((line) => line.includes(':R ')).length;
      if (line.startsWith('R ') && measured > 5) caller.reply('RPRT -6\n');
      else dish.script(line, caller);
    };
    await orchestrator.start({ sessionId: 1, spec: SPEC, rotor });
    const paused = await until(
      'a pause',
      async () => {
        const now = await session();
        return now?.status === SessionStatus.SESSION_STATUS_PAUSED && now;
      },
      50_000,
    );
    expect(paused.notes).toContain('Rotor does not support RSSI');
    expect(paused.completedPoints).toBe(5);
  });
});
