import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configSchema } from '../../services/scan-orchestrator/config.ts';
import type { Conditions } from '../../services/scan-orchestrator/engine/ports.ts';
import { Supervisor } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { openJournal, type OpenJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { systemClock } from '../../services/shared/clock.ts';
import { SkyScanError } from '../../services/shared/errors.ts';
import { createMqttConnection } from '../../services/shared/mqtt-client.ts';
import { createSunCondition } from '../../services/shared/sun-keep-out.ts';
import { watchMessages } from '../../services/shared/suspend-messages.ts';
import { suspendRules } from '../../services/shared/suspend-rules.ts';
import { startAedes } from '../support/gateway-broker.ts';
import {
  FakePublisher,
  FakeReceiver,
  FakeRotors,
  inlinePlanner,
  rotorConfig,
} from '../support/scan-fakes.ts';
import { until } from '../support/until.ts';

const logger = pino({ level: 'silent' });
const bounds = {
  kind: 'rectangular' as const,
  azStartDeg: 0,
  azEndDeg: 4,
  elStartDeg: 20,
  elEndDeg: 22,
  stepDeg: 2,
};
let folder: string;
let journal: OpenJournal;
let rotors: FakeRotors;
let receiver: FakeReceiver;
let publisher: FakePublisher;
let supervisor: Supervisor;

function build(conditions: Conditions, faultBudgetMs = 0): Supervisor {
  const parts = { rotors, receiver, journal, publisher, clock: systemClock, logger };
  return new Supervisor({ ...parts, planner: inlinePlanner, conditions, faultBudgetMs, suspendSettleMs: 20 });
}

const begin = () =>
  supervisor.start({ sessionId: 1, bounds, rssiIterations: 1, rotor: rotorConfig(), notes: null });
const view = () => supervisor.list().find(({ sessionId }) => sessionId === 1);
const reaches = (status: string) => until(`session 1 ${status}`, () => view()?.status === status);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sky-scan-journal-'));
  journal = await openJournal(folder, logger);
  rotors = new FakeRotors();
  receiver = new FakeReceiver();
  publisher = new FakePublisher();
});

afterEach(async () => {
  await supervisor.close();
  await journal.close();
  await rm(folder, { recursive: true });
});

describe('a scan goes on by itself', () => {
  test('when a receiver that was lost for longer than its budget is back', async () => {
    supervisor = build({ reason: () => undefined });
    receiver.script = (step) =>
      step === 2 ? new SkyScanError('unavailable', 'no bytes for 2 s') : undefined;
    await begin();
    await reaches('completed');
    expect(publisher.statuses.map(({ status }) => status)).toContain('paused');
    expect(publisher.points.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(view()?.notes).toMatch(/no bytes for 2 s; went on at \d{4}-/);
  });

  test('when the disk has room again, with the point that it refused', async () => {
    let full = true;
    const small = {
      ...journal,
      appendPoint: (...point: Parameters<OpenJournal['appendPoint']>) =>
        full && point[1].seq === 3 ? Promise.reject(new Error('ENOSPC')) : journal.appendPoint(...point),
    };
    supervisor = new Supervisor({
      ...{ rotors, receiver, planner: inlinePlanner, publisher, clock: systemClock, logger, journal: small },
      ...{ conditions: { reason: () => undefined }, faultBudgetMs: 0, suspendSettleMs: 20 },
    });
    await begin();
    await reaches('paused');
    full = false;
    await reaches('completed');
    expect(publisher.points.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('but not after the rotor stalled', async () => {
    supervisor = build({ reason: () => undefined });
    rotors.script = (step) =>
      step === 2 ? new SkyScanError('hardware_fault', 'stalled at az 3 el 22') : undefined;
    await begin();
    await reaches('paused');
    expect(view()?.notes).not.toContain('by itself');
  });
});

describe('a message', () => {
  test('of too much wind suspends, and the calm after it lets go on', async () => {
    const broker = await startAedes();
    const settings = { MQTT_URL: broker.url, MQTT_BASE_TOPIC: 'skyscan' };
    const connection = createMqttConnection('test', '0', settings, logger);
    const rules = suspendRules({ SUSPEND_TOPIC: 'garden/wind', SUSPEND_WHEN: 'gust > 12' });
    const reason = watchMessages(connection, rules, logger, () => supervisor.checkConditions());
    supervisor = build({ reason: () => reason() });
    const station = await mqtt.connectAsync(broker.url);
    const say = (payload: string) => station.publishAsync('garden/wind', payload, { qos: 1, retain: true });
    try {
      await say('{"gust": 14}');
      connection.client.connect();
      await until('the word of the wind', reason);
      await begin();
      await reaches('paused');
      expect(view()?.notes).toContain('garden/wind says 14 (gust > 12); goes on by itself');
      expect(publisher.points).toEqual([]);
      await say('no number');
      await say('{"gust": 3}');
      await reaches('completed');
      expect(view()?.notes).toContain('went on at');
      expect(publisher.points).toHaveLength(6);
    } finally {
      await station.endAsync(true);
      await connection.close();
      await broker.close();
    }
  });
});

describe('the Sun', () => {
  // Almanac: on 2026-06-21 at 12:00 UTC the Sun is at azimuth 178.6, elevation 61.9 degrees seen from Greenwich.
  const noon = Date.UTC(2026, 5, 21, 12);
  const near = createSunCondition({ latitudeDeg: 51.4769, longitudeDeg: 0, keepOutDeg: 10 });

  test.each([
    ['in it', 179, 62, noon, true],
    ['the same direction, a turn on', 539, 62, noon, true],
    ['beside it', 179, 50, noon, false],
    ['at night', 0, -15, noon + 12 * 3_600_000, false],
  ])('%s', (_name, azimuthDeg, elevationDeg, atMs, holds) => {
    expect(near({ azimuthDeg, elevationDeg }, atMs) !== undefined).toBe(holds);
  });

  test('says how near', () => {
    expect(near({ azimuthDeg: 179, elevationDeg: 62 }, noon)).toMatch(
      /^az 179 el 62 is 0\.\d deg from the Sun, nearer than 10 deg$/,
    );
  });
});

describe('the configuration', () => {
  const given = { MQTT_URL: 'mqtt://127.0.0.1' };
  test.each([
    [{ SUSPEND_TOPIC: 'a;b', SUSPEND_WHEN: '> 1' }, /one condition for each topic/],
    [{ SUSPEND_TOPIC: 'a' }, /one condition for each topic/],
    [{ SUSPEND_TOPIC: 'a/#', SUSPEND_WHEN: '> 1' }, /without wildcards/],
    [{ SUSPEND_TOPIC: 'a', SUSPEND_WHEN: 'storm' }, /must look like/],
    [{ SUN_KEEP_OUT_DEG: '5' }, /needs SITE_LATITUDE_DEG/],
    [{ SUN_KEEP_OUT_DEG: '0', SITE_LATITUDE_DEG: '1', SITE_LONGITUDE_DEG: '1' }, /0/],
    [{ SITE_LATITUDE_DEG: '91', SITE_LONGITUDE_DEG: '1' }, /90/],
  ])('%j is refused', (change, said) => {
    expect(String(configSchema.safeParse({ ...given, ...change }).error)).toMatch(said);
  });
});
