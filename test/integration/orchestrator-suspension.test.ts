import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { configSchema } from '../../services/scan-orchestrator/config.ts';
import type { Conditions, Journal } from '../../services/scan-orchestrator/engine/ports.ts';
import { SkyScanError } from '#shared/base/errors';
import { createMqttConnection } from '#shared/runtime/mqtt-client';
import { createTopics } from '#contract/mqtt-topics';
import { createSunCondition } from '#shared/sky/sun-keep-out';
import { watchSuspendTopics } from '#shared/rotor/suspend-watcher';
import { suspendRules } from '#shared/rotor/suspend-rules';
import { INVALID_PAYLOADS, malformedVariants, newerVariant } from '../support/bad-messages.ts';
import { startAedes } from '../support/gateway-broker.ts';
import { createScanWorld, handover, silent, type ScanWorld } from '../support/scan-world.ts';
import { until } from '../support/until.ts';

let world: ScanWorld;

const build = (conditions: Conditions) =>
  world.rebuild({ conditions, faultBudgetMs: 0, suspendSettleMs: 20 });
const begin = () => world.supervisor.start(handover({ rssiIterations: 1 }));
const untilStatus = (status: string) => world.untilStatus(status);

beforeEach(async () => {
  world = await createScanWorld();
});

afterEach(() => world.close());

describe('a scan resumes automatically', () => {
  test('when a receiver returns that was lost for longer than the budget', async () => {
    build({ reason: () => undefined });
    world.receiver.script = (step) =>
      step === 2 ? new SkyScanError('unavailable', 'no bytes for 2 s') : undefined;
    await begin();
    await untilStatus('completed');
    expect(world.publisher.statuses.map(({ status }) => status)).toContain('paused');
    expect(world.publisher.points.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(world.view()?.notes).toMatch(/no bytes for 2 s; resumed at \d{4}-/);
  });

  test('when the disk has space again, with the refused point', async () => {
    let full = true;
    const small = {
      ...world.journal,
      appendPoint: (...point: Parameters<Journal['appendPoint']>) =>
        full && point[1].seq === 3
          ? Promise.reject(new Error('ENOSPC'))
          : world.journal.appendPoint(...point),
    };
    world.rebuild({ journal: small, faultBudgetMs: 0, suspendSettleMs: 20 });
    await begin();
    await untilStatus('paused');
    full = false;
    await untilStatus('completed');
    expect(world.publisher.points.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('but not after the rotor stalled', async () => {
    build({ reason: () => undefined });
    world.rotors.script = (step) =>
      step === 2 ? new SkyScanError('hardware_fault', 'stalled at az 3 el 22') : undefined;
    await begin();
    await untilStatus('paused');
    expect(world.view()?.notes).not.toContain('by itself');
  });
});

describe('an MQTT message', () => {
  test('suspends in too much wind and resumes after it, whatever malformed messages arrive', async () => {
    const broker = await startAedes();
    const settings = { MQTT_URL: broker.url, MQTT_BASE_TOPIC: 'skyscan' };
    const connection = createMqttConnection('test', '0', createTopics(), settings, silent);
    const rules = suspendRules({ SUSPEND_TOPIC: 'garden/wind', SUSPEND_WHEN: 'gust > 12' });
    const topics = watchSuspendTopics(connection, rules, silent);
    let changes = 0;
    topics.onChange(() => {
      changes++;
      world.supervisor.checkConditions();
    });
    build({ reason: topics.reason });
    const station = await mqtt.connectAsync(broker.url);
    const windSchema = z.object({ gust: z.union([z.number(), z.string().regex(/^[\d.]+$/)]) });
    const publishWind = (payload: string | Buffer) =>
      station.publishAsync('garden/wind', payload, { qos: 1, retain: true });
    try {
      await publishWind('{"gust": 14}');
      connection.client.connect();
      await until('the wind condition', topics.reason);
      await begin();
      await untilStatus('paused');
      expect(world.view()?.notes).toContain('garden/wind reports 14 (gust > 12); resumes automatically');
      expect(world.publisher.points).toEqual([]);
      for (const [, payload] of INVALID_PAYLOADS) await publishWind(payload);
      for (const [, message] of malformedVariants(windSchema, { gust: 3 }))
        await publishWind(JSON.stringify(message));
      await publishWind(JSON.stringify(newerVariant({ gust: 15 })));
      await until('the newer message', () => topics.reason()?.includes('reports 15'));
      // None of the malformed messages ended the condition.
      expect(changes).toBe(1);
      expect(world.publisher.points).toEqual([]);
      await publishWind('{"gust": 3}');
      await untilStatus('completed');
      expect(world.view()?.notes).toContain('resumed at');
      expect(world.publisher.points).toHaveLength(6);
    } finally {
      await station.endAsync(true);
      await connection.close();
      await broker.close();
    }
  });
});

describe('the Sun', () => {
  // Almanac: on 2026-06-21 at 12:00 UTC the Sun is at azimuth 178.6, elevation 61.9 degrees seen
  // from Greenwich.
  const noon = Date.UTC(2026, 5, 21, 12);
  const near = createSunCondition({ latitudeDeg: 51.4769, longitudeDeg: 0, keepOutDeg: 10 });

  test.each([
    ['at the Sun', 179, 62, noon, true],
    ['in the same direction one turn further', 539, 62, noon, true],
    ['beside the Sun', 179, 50, noon, false],
    ['at night', 0, -15, noon + 12 * 3_600_000, false],
  ])('is checked for a pointing %s', (_name, azimuthDeg, elevationDeg, atMs, holds) => {
    expect(near({ azimuthDeg, elevationDeg }, atMs) !== undefined).toBe(holds);
  });

  test('gives the distance', () => {
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
  ])('%j is refused', (change, message) => {
    expect(String(configSchema.safeParse({ ...given, ...change }).error)).toMatch(message);
  });
});
