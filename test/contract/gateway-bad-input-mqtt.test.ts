import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { RotorMessage } from '#contract/live/rotor-messages';
import {
  pointMessageSchema,
  positionMessageSchema,
  statusMessageSchema,
  type PointMessage,
} from '#contract/mqtt-messages';
import { createRefusals, type Refusals } from '../support/gateway-refusals.ts';
import { malformedVariants, newerVariant, INVALID_PAYLOADS } from '../support/bad-messages.ts';
import { openSocket } from '../support/gateway-sockets.ts';
import { until } from '../support/until.ts';

let suite: Refusals;
beforeAll(async () => {
  suite = await createRefusals();
});
afterAll(() => suite.world.close());

const FAULT = {
  observation: 'rotctld does not answer',
  since: '2026-02-14T02:00:15.250Z',
  for_s: 2,
  pauses_at: null,
  pauses_in_s: null,
};

describe('forged MQTT messages', () => {
  const NEXT = 2;
  function forge(change: (message: PointMessage) => unknown): () => unknown {
    return () => {
      const { orchestrator } = suite.world;
      const session = orchestrator.sessions.get(suite.sessionId);
      if (!session) throw new Error('the session is gone');
      const kept = { journal: [...session.journal], completed: session.completed };
      const message = orchestrator.measure(suite.sessionId);
      Object.assign(session, kept);
      return change(message);
    };
  }
  const measured = (change: object) => forge((m) => ({ ...m, measurement: { ...m.measurement, ...change } }));

  const forgeries: [string, string, () => unknown][] = [
    ['invalid JSON', 'points', () => '{'],
    ['an empty payload', 'points', () => ''],
    ['bytes', 'points', () => Buffer.from([0xff, 0x00, 0xfe])],
    ['null', 'points', () => 'null'],
    ['an array', 'points', () => '[]'],
    ['a status as a point', 'points', forge((m) => ({ ...m, point: null }))],
    ['100 kB', 'points', forge((m) => ({ ...m, padding: 'x'.repeat(100_000) }))],
    ['another session', 'points', forge((m) => ({ ...m, session_id: suite.sessionId + 1 }))],
    ['two seqs', 'points', forge((m) => ({ ...m, seq: NEXT + 1 }))],
    [
      'a seq beyond the grid',
      'points',
      forge((m) => ({ ...m, seq: 7, measurement: { ...m.measurement, seq: 7 } })),
    ],
    [
      'a seq with a gap before it',
      'points',
      forge((m) => ({ ...m, seq: 5, measurement: { ...m.measurement, seq: 5 } })),
    ],
    ['seq 0', 'points', forge((m) => ({ ...m, seq: 0, measurement: { ...m.measurement, seq: 0 } }))],
    ['a row beyond the grid', 'points', measured({ row: 2 })],
    ['a column beyond the grid', 'points', measured({ column: 3 })],
    ['a huge row', 'points', measured({ row: 4294967295 })],
    ['a setpoint of another cell', 'points', measured({ setpoint: { azimuth: 4, elevation: 10 } })],
    ['a readback out of range', 'points', measured({ readback: { azimuth: 1e300, elevation: 0 } })],
    ['a level out of range', 'points', measured({ mean_dbm: 1e300 })],
    ['too many reads', 'points', measured({ reads: 4294967295 })],
    ['a flag with a comma', 'points', measured({ flags: ['a,b'] })],
    ['a flag with NUL', 'points', measured({ flags: ['\0'] })],
    ['the year 0', 'points', measured({ measured_at: '0000-01-01T00:00:00Z' })],
    ['text for a number', 'points', measured({ mean_dbm: '-90' })],
    [
      'a cell that is already measured',
      'points',
      measured({ row: 0, column: 0, setpoint: { azimuth: 0, elevation: 10 } }),
    ],
    ['an unknown status', 'status', () => status({ status: 'failed' })],
    ['completed with points missing', 'status', () => status({ status: 'completed', completed: 1 })],
    ['more points than the grid has', 'status', () => status({ completed: 7 })],
    ['another total', 'status', () => status({ total: 5 })],
    ['notes with NUL', 'status', () => status({ notes: '\0' })],
    ['a finish in the year 0', 'status', () => status({ finished_at: '0000-01-01T00:00:00Z' })],
  ];
  const status = (change: object) => ({
    session_id: suite.sessionId,
    status: 'paused',
    point: null,
    progress_pct: 0,
    completed: 1,
    total: 6,
    revision: 4_000_000_000,
    notes: null,
    started_at: null,
    finished_at: null,
    eta: null,
    ...change,
  });

  test.each(forgeries)('ignores %s', async (_, leaf, payload) => {
    const before = await suite.everything();
    await suite.world.publish(`skyscan/sessions/${suite.sessionId}/${leaf}`, payload());
    await flush();
    expect(await suite.everything()).toBe(before);
  });

  test.each(['0', '999999', '4294967295', '9999999999', 'x'])('ignores a point of session %s', async (id) => {
    const before = await suite.everything();
    await suite.world.publish(`skyscan/sessions/${id}/points`, forge((m) => m)());
    await flush();
    expect(await suite.everything()).toBe(before);
  });

  test.each(INVALID_PAYLOADS)('ignores %s as a point and as a status', async (_, payload) => {
    const before = await suite.everything();
    await suite.world.publish(`skyscan/sessions/${suite.sessionId}/points`, payload);
    await suite.world.publish(`skyscan/sessions/${suite.sessionId}/status`, payload);
    await flush();
    expect(await suite.everything()).toBe(before);
  });

  test.each<[string, z.ZodType, () => object]>([
    ['points', pointMessageSchema, () => forge((m) => m)() as object],
    ['status', statusMessageSchema, () => status({ elapsed_s: 1, fault: FAULT })],
  ])('ignores %s with a field missing or of another type', async (leaf, schema, good) => {
    const before = await suite.everything();
    const dropped = await countDropped();
    const bad = malformedVariants(schema, good());
    expect(bad.length).toBeGreaterThan(90);
    for (const [, message] of bad)
      await suite.world.publish(`skyscan/sessions/${suite.sessionId}/${leaf}`, message);
    await flush();
    expect(await suite.everything()).toBe(before);
    expect(await countDropped()).toBe(dropped + bad.length);
  });

  test.each([
    'sessions',
    'sessions//points',
    'sessions/1/points/2',
    'sessions/-1/points',
    'sessions/1e3/points',
  ])('ignores a point on the topic %s', async (topic) => {
    const before = await suite.everything();
    await suite.world.publish(`skyscan/${topic}`, forge((m) => m)());
    await flush();
    expect(await suite.everything()).toBe(before);
  });

  test('are ignored on the topic of another session or another kind', async () => {
    const before = await suite.everything();
    const point = forge((m) => m)();
    await suite.world.publish(`skyscan/sessions/${suite.sessionId}/status`, point);
    await suite.world.publish(`skyscan/sessions/${suite.sessionId}/points`, status({}));
    await suite.world.publish(`skyscan/sessions/${suite.sessionId + 1}/points`, point);
    await suite.world.publish(`skyscan/sessions/${suite.sessionId + 1}/status`, status({}));
    await flush();
    expect(await suite.everything()).toBe(before);
  });

  test('are counted', async () => {
    const { text } = await suite.world.gateway.get('/metrics');
    expect(text).toContain('skyscan_mqtt_messages_dropped_total{reason="not a point"}');
    expect(text).toContain('skyscan_mqtt_messages_dropped_total{reason="off the plan"}');
  });

  async function countDropped(): Promise<number> {
    const { text } = await suite.world.gateway.get('/metrics');
    const counts = [...text.matchAll(/mqtt_messages_dropped_total\{[^}]*\} (\d+)/g)].map((match) =>
      Number(match[1]),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /**
   * Sends an already stored point; once it is counted, all earlier messages have been handled,
   * because MQTT keeps the order.
   */
  async function flush(): Promise<void> {
    const counted = async () =>
      /mqtt_messages_known_total (\d+)/.exec((await suite.world.gateway.get('/metrics')).text)?.[1];
    const before = await counted();
    await suite.world.publish(`skyscan/sessions/${suite.sessionId}/points`, forgeFirst());
    await until('the message after it', async () => (await counted()) !== before);
  }

  function forgeFirst(): PointMessage {
    const { orchestrator } = suite.world;
    const session = orchestrator.sessions.get(suite.sessionId);
    if (!session) throw new Error('the session is gone');
    const kept = { journal: [...session.journal], completed: session.completed };
    session.completed = 0;
    const message = orchestrator.measure(suite.sessionId);
    Object.assign(session, kept);
    return message;
  }
});

describe('malformed positions', () => {
  const good = {
    azimuth: 10,
    elevation: 20,
    moving: true,
    setpoint: { azimuth: 30, elevation: 20 },
    timestamp: '2026-02-14T02:00:15.250Z',
  };

  test('reach no viewer, retained or not; positions of a newer version do, without unknown fields', async () => {
    const { gateway, publish } = suite.world;
    const topic = `skyscan/rotors/${suite.rotorId}/position`;
    await publish(topic, '{', true);
    const viewer = await openSocket<RotorMessage>(`${gateway.wsUrl}/ws/rotors/${suite.rotorId}`);
    // Positions are forwarded once the rotor is watched.
    await until('a position', async () => {
      await publish(topic, { ...good, azimuth: 1 });
      return viewer.messages.some(({ azimuth }) => azimuth === 1);
    });
    for (const [, payload] of INVALID_PAYLOADS) await publish(topic, payload);
    for (const [, message] of malformedVariants(positionMessageSchema, good)) await publish(topic, message);
    await publish(`skyscan/rotors/${suite.rotorId + 1}/position`, { ...good, azimuth: 66 });
    await publish(`skyscan/rotors/x/position`, { ...good, azimuth: 66 });
    await publish(topic, newerVariant({ ...good, azimuth: 2 }));
    await until('the last position', () => viewer.messages.at(-1)?.azimuth === 2);
    const others = viewer.messages.filter(({ azimuth }) => azimuth !== 1 && azimuth !== 2);
    // The position that the rotor reported itself.
    expect(others.filter(({ azimuth, timestamp }) => azimuth === 66 || timestamp === good.timestamp)).toEqual(
      [],
    );
    viewer.close();
  });
});

describe('WebSocket frames from clients', () => {
  const frames: [string, string | Buffer, number | undefined][] = [
    ...INVALID_PAYLOADS.map(([name, data]): [string, string | Buffer, number | undefined] => [
      name,
      data,
      data.length > 4_096 ? 1009 : undefined,
    ]),
    ['a status', JSON.stringify({ session_id: 1, status: 'cancelled', revision: 4e9 }), undefined],
    ['a command', '{"command":"stop"}', undefined],
  ];

  const channels = [
    { channel: 'a session', path: () => `/ws/skyscan/${suite.sessionId}` },
    { channel: 'a rotor', path: () => `/ws/rotors/${suite.rotorId}` },
  ];
  const rows = channels.flatMap((channel) =>
    frames.map(([name, data, code]) => ({ ...channel, name, data, code })),
  );

  test.each(rows)(
    '$name to $channel changes nothing, and only an oversized frame closes its connection',
    async ({ path, data, code }) => {
      const { gateway } = suite.world;
      const before = await suite.everything();
      const url = `${gateway.wsUrl}${path()}`;
      const [sender, other] = await Promise.all([openSocket(url), openSocket(url)]);
      sender.send(data);
      if (code === undefined) sender.close();
      expect((await sender.closed).code).toBe(code ?? 1005);
      expect(await suite.everything()).toBe(before);
      other.close();
      expect((await other.closed).code).toBe(1005);
    },
  );
});

describe('messages of a newer version', () => {
  test('a status with more fields is accepted, one with an unknown value is not', async () => {
    const { orchestrator, publish, gateway } = suite.world;
    const topic = `skyscan/sessions/${suite.sessionId}/status`;
    const paused = orchestrator.setStatus(suite.sessionId, 'paused');
    await publish(topic, { ...newerVariant(paused), status: 'calibrating', revision: paused.revision + 1 });
    await publish(topic, newerVariant(paused));
    const session = async () => (await gateway.get(`/api/skyscan/${suite.sessionId}`)).text;
    await until('it is paused', async () => (await session()).includes('"paused"'));
    await publish(topic, newerVariant(orchestrator.setStatus(suite.sessionId, 'running')));
    await until('it runs', async () => (await session()).includes('"running"'));
  });

  test('a point with more fields is stored, and finally also one with an unknown status', async () => {
    const { orchestrator, publish } = suite.world;
    const topic = `skyscan/sessions/${suite.sessionId}/points`;
    await publish(topic, newerVariant(orchestrator.measure(suite.sessionId)));
    await until('the second point', async () => (await suite.everything()).includes('"completed_points":2'));
    await publish(topic, { ...orchestrator.measure(suite.sessionId), status: 'calibrating' });
    await until('the third point', async () => (await suite.everything()).includes('"completed_points":3'));
  });
});
