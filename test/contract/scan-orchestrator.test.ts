import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configSchema } from '../../services/scan-orchestrator/config.ts';
import { start } from '../../services/scan-orchestrator/service.ts';
import { loadConfig } from '#shared/runtime/env';
import { createLifecycle } from '#shared/runtime/lifecycle';
import { connectRawGrpcClient, type RawGrpcClient } from '../support/raw-grpc-client.ts';
import { recordLog } from '../support/recorded-log.ts';
import { rotorConfig } from '../support/scan-fakes.ts';
import { PATIENT_ENV } from '../support/patience.ts';

// Uses only the .proto files against the real service.

const { logger, lines } = recordLog('error');
const lifecycle = createLifecycle(logger);
const spec = { azStartDeg: 0, azEndDeg: 10, elStartDeg: 10, elEndDeg: 20, stepDeg: 5, rssiIterations: 3 };
const rotor = { ...rotorConfig(), rssiSource: 'RSSI_SOURCE_SDR' };
let folder: string;
let client: RawGrpcClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sky-scan-orchestrator-'));
  // Port 1 is closed: this service has neither broker nor hardware.
  const config = loadConfig(configSchema, {
    ...PATIENT_ENV,
    ORCHESTRATOR_PORT: '0',
    DATA_DIR: folder,
    MQTT_URL: 'mqtt://127.0.0.1:1',
    ROTOR_DRIVER_ADDRESS: '127.0.0.1:1',
    SDR_SAMPLER_ADDRESS: '127.0.0.1:1',
  });
  const { port } = await start(config, logger, lifecycle);
  client = await connectRawGrpcClient('scan_orchestrator.proto', 'ScanOrchestrator', port);
});

afterAll(async () => {
  client.close();
  await lifecycle.close();
  await rm(folder, { recursive: true });
});

describe('the ScanOrchestrator gRPC API', () => {
  test('previews without hardware', async () => {
    const { plan } = await client.call('preview', { spec, rotor });
    expect(plan).toMatchObject({ rows: 3, columns: 3, totalPoints: 9, warnings: [] });
    expect((plan as { expectedDurationS: number }).expectedDurationS).toBeGreaterThan(0);
  });

  test.each([
    ['a low elevation', { ...spec, elStartDeg: -5 }, 'out_of_range', 'elevation -5 deg is outside 0..90 deg'],
    ['a step of 0', { ...spec, stepDeg: 0 }, 'invalid', 'step 0 deg is outside 0.01..360 deg'],
    ['a row beyond the zenith', { ...spec, elEndDeg: 91 }, 'invalid', 'el_end 91 deg is above 90 deg'],
    [
      'a value that is not a number',
      { ...spec, azStartDeg: NaN },
      'invalid',
      'azStartDeg NaN is not a finite number',
    ],
    [
      'too many points',
      { ...spec, azEndDeg: 350, elEndDeg: 90, stepDeg: 0.01 },
      'invalid',
      /at most 1000000 are allowed/,
    ],
  ])('refuses %s with a message', async (_, wrong, kind, message) => {
    const refused = await client.refusal('preview', { spec: wrong, rotor });
    expect(refused.kind).toBe(kind);
    expect(refused.message).toMatch(message);
  });

  test('logs once why a gateway does not use it', async () => {
    const conflict = 'another scan-orchestrator serves this site';
    for (let call = 1; call <= 2; call++) await client.call('listSessions', { conflict });
    expect(lines.filter(({ msg }) => msg === conflict)).toHaveLength(1);
    await client.call('listSessions', {});
    await client.call('listSessions', { conflict });
    expect(lines.filter(({ msg }) => msg === conflict)).toHaveLength(2);
  });

  test('previews the route around obstacles', async () => {
    const horizon = [
      { azimuthDeg: 6, elevationDeg: 0 },
      { azimuthDeg: 7, elevationDeg: 15 },
      { azimuthDeg: 8, elevationDeg: 0 },
    ];
    const { plan } = await client.call('preview', { spec, rotor: { ...rotor, horizon } });
    expect((plan as { turningPoints: object[] }).turningPoints.slice(0, 4)).toEqual([
      { azimuthDeg: 0, elevationDeg: 10 },
      { azimuthDeg: 5, elevationDeg: 10 },
      { azimuthDeg: 5, elevationDeg: 15.5 },
      { azimuthDeg: 10, elevationDeg: 15.5 },
    ]);
  });

  test.each([
    [
      'a cell below the mask',
      { horizon: [{ azimuthDeg: 0, elevationDeg: 12 }] },
      'elevation 10 deg at azimuth 0 deg is below the horizon mask 12 deg',
    ],
    [
      'a cell in a keep-out sector',
      { keepOut: [{ azStartDeg: 4, azEndDeg: 6, elMinDeg: 5, elMaxDeg: 30 }] },
      'azimuth 5 deg elevation 10 deg is inside the keep-out sector az 4..6 deg el 5..30 deg',
    ],
    [
      'an unreachable grid',
      { keepOut: [{ azStartDeg: 6, azEndDeg: 7, elMinDeg: -90, elMaxDeg: 90 }] },
      'there is no route from az 5 el 10 to az 10 el 10: the keep-out sector az 6..7 deg el -90..90 deg is in the way',
    ],
  ])('refuses %s', async (_, obstacles, message) => {
    const refused = await client.refusal('preview', { spec, rotor: { ...rotor, ...obstacles } });
    expect([refused.kind, refused.message]).toEqual(['out_of_range', message]);
  });

  test('previews an on-the-fly scan: sweeps with run-up, in less time', async () => {
    const mode = 'SCAN_MODE_ON_THE_FLY';
    const wide = { ...spec, azEndDeg: 100, stepDeg: 2 };
    const slow = { ...rotor, settleMs: 500 };
    type Planned = {
      expectedDurationS: number;
      turningPoints: { azimuthDeg: number }[];
      totalPoints: number;
    };
    const planned = async (of: object) =>
      (await client.call('preview', { spec: of, rotor: slow }))['plan'] as Planned;
    const [step, fly] = [await planned(wide), await planned({ ...wide, mode })];
    expect(fly.totalPoints).toBe(step.totalPoints);
    expect(fly.expectedDurationS).toBeLessThan(step.expectedDurationS / 2);
    const ends = fly.turningPoints.map(({ azimuthDeg }) => azimuthDeg);
    expect(Math.min(...ends)).toBeLessThan(wide.azStartDeg - 1);
    expect(Math.max(...ends)).toBeGreaterThan(101);
  });

  test('refuses an on-the-fly scan with a receiver that does not time its reads, and an unknown mode', async () => {
    const own = { ...rotor, rssiSource: 'RSSI_SOURCE_ROTCTLD' };
    const mode = 'SCAN_MODE_ON_THE_FLY';
    expect(await client.refusal('preview', { spec: { ...spec, mode }, rotor: own })).toEqual({
      kind: 'out_of_range',
      message:
        'scan_mode on_the_fly needs reads with exact times, which the receiver behind rotctld (rssi_source rotctld) does not ' +
        'provide: use scan_mode step',
    });
    expect(await client.refusal('preview', { spec: { ...spec, mode: 99 }, rotor })).toEqual({
      kind: 'invalid',
      message: 'scan mode 99 is unknown',
    });
  });

  const equal = {
    ...spec,
    azEndDeg: 360,
    elStartDeg: 30,
    elEndDeg: 90,
    stepDeg: 30,
    grid: 'GRID_KIND_EQUAL_AREA',
  };

  test('previews cells of equal area and refuses an unknown kind of grid', async () => {
    const { plan } = await client.call('preview', { spec: equal, rotor });
    expect(plan).toMatchObject({ rows: 3, columns: 11, totalPoints: 18 });
    expect(await client.refusal('preview', { spec: { ...equal, grid: 99 }, rotor })).toEqual({
      ...{ kind: 'invalid', message: 'grid kind 99 is unknown' },
    });
    expect(await client.refusal('preview', { spec: { ...equal, elEndDeg: 1e300 }, rotor })).toMatchObject({
      kind: 'invalid',
    });
  });

  test('warns about steps that do not fit the beam in the preview, and about the rotor also in the notes', async () => {
    const planned = async (change: object, of: object) =>
      (await client.call('preview', { spec: { ...spec, ...change }, rotor: { ...rotor, ...of } }))['plan'];
    const finer = expect.stringContaining('some pointings will be measured twice') as string;
    const wider =
      'points 5 deg apart are too coarse for a beam of 6 deg: use at most 2.5 deg to leave no gaps';
    expect(await planned({}, { beamWidthDeg: 6 })).toMatchObject({ warnings: [wider], notes: [] });
    expect(await planned({ stepDeg: 0.4 }, { beamWidthDeg: 6 })).toMatchObject({
      warnings: [finer],
      notes: [finer],
    });
    expect(await client.refusal('preview', { spec, rotor: { ...rotor, beamWidthDeg: 0 } })).toEqual({
      kind: 'invalid',
      message: 'rotor.beam_width_deg 0 must be greater than 0',
    });
  });

  test('plans an unknown session without hardware', async () => {
    const { plan } = await client.call('planSession', { sessionId: 4_000, spec: equal, rotor });
    expect((plan as { turningPoints: object[] }).turningPoints).toEqual([
      { azimuthDeg: 0, elevationDeg: 30 },
      expect.objectContaining({ elevationDeg: 30 }),
      { azimuthDeg: 300, elevationDeg: 60 },
      { azimuthDeg: 0, elevationDeg: 60 },
      { azimuthDeg: 0, elevationDeg: 90 },
    ]);
    expect(await client.refusal('planSession', { sessionId: 4_000, rotor })).toEqual({
      ...{ kind: 'invalid', message: 'spec is missing' },
    });
  });

  test('previews a reference and counts its visits', async () => {
    const reference = { pointing: { azimuthDeg: 90, elevationDeg: 60 }, everyS: 600 };
    const seconds = async (of: object) =>
      ((await client.call('preview', { spec: of, rotor }))['plan'] as { expectedDurationS: number })
        .expectedDurationS;
    expect(await seconds({ ...spec, reference })).toBeGreaterThan(await seconds(spec));
  });

  test.each([
    [
      'a low pointing',
      { pointing: { azimuthDeg: 0, elevationDeg: -1 }, everyS: 600 },
      'out_of_range',
      'reference pointing: elevation -1 deg is outside 0..90 deg',
    ],
    ['no pointing', { everyS: 600 }, 'invalid', 'reference.pointing is missing'],
    [
      'a pointing that is not a number',
      { pointing: { azimuthDeg: NaN, elevationDeg: 60 }, everyS: 600 },
      'invalid',
      'reference.pointing.azimuth_deg NaN must be a finite number',
    ],
    [
      'an interval of 0',
      { pointing: { azimuthDeg: 0, elevationDeg: 60 }, everyS: 0 },
      'invalid',
      'reference.every_s 0 must be above 0 and at most 86400 s',
    ],
  ])('refuses a reference: %s', async (_, reference, kind, message) => {
    expect(await client.refusal('preview', { spec: { ...spec, reference }, rotor })).toEqual({
      kind,
      message,
    });
  });

  test('reports unreachable receivers and invalid requests', async () => {
    expect(await client.refusal('listReceivers', {})).toMatchObject({ kind: 'unavailable' });
    const settings = { ...rotor.receiver, name: 'default' };
    expect(await client.refusal('measureLevel', { settings, reads: 10 })).toMatchObject({
      peer: 'receiver',
      message: expect.stringMatching(/^Cannot connect to the receiver: /) as string,
    });
    expect(await client.refusal('measureLevel', { reads: 10 })).toEqual({
      kind: 'invalid',
      message: 'receiver is missing',
    });
  });

  test('reports why rotctld cannot be reached', async () => {
    const { kind, message, peer } = await client.refusal('probe', { spec, rotor });
    expect([kind, peer]).toEqual(['unavailable', 'rotctld']);
    expect(message).not.toBe('');
  });

  test('keeps a session, names its state in refusals, and replays no points before it has measured', async () => {
    await client.call('start', { sessionId: 7, spec, rotor, notes: 'first light' });
    await client.call('start', { sessionId: 7, spec, rotor });
    const { sessions } = await client.call('listSessions', {});
    expect(sessions).toMatchObject([{ sessionId: 7, status: 'SESSION_STATUS_PENDING', totalPoints: 9 }]);
    expect(await client.refusal('pause', { sessionId: 7 })).toEqual({
      kind: 'wrong_state',
      message: 'session 7 is pending',
      state: 'pending',
    });
    expect(await client.call('replayPoints', { sessionId: 7, afterSeq: 0, limit: 10 })).toEqual({
      points: [],
    });
    await client.call('cancel', { sessionId: 7 });
    await client.call('confirmRecorded', { sessionId: 7, upToSeq: 0, revision: 4_000_000 });
    // Without a broker its end cannot be published, so it is kept.
    expect((await client.call('listSessions', {}))['sessions']).toMatchObject([
      { sessionId: 7, status: 'SESSION_STATUS_CANCELLED' },
    ]);
    expect(await client.refusal('cancel', { sessionId: 8 })).toMatchObject({ kind: 'not_found' });
  });
});
