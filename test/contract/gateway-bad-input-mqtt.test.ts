import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PointMessage } from '#contract/mqtt-messages';
import { createRefusals, type Refusals } from '../support/gateway-refusals.ts';
import { until } from '../support/until.ts';

let suite: Refusals;
beforeAll(async () => {
  suite = await createRefusals();
});
afterAll(() => suite.world.close());

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
    ['no JSON', 'points', () => '{'],
    ['nothing', 'points', () => ''],
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
      'a seq after a gap',
      'points',
      forge((m) => ({ ...m, seq: 5, measurement: { ...m.measurement, seq: 5 } })),
    ],
    ['seq 0', 'points', forge((m) => ({ ...m, seq: 0, measurement: { ...m.measurement, seq: 0 } }))],
    ['a row beyond the grid', 'points', measured({ row: 2 })],
    ['a column beyond the grid', 'points', measured({ column: 3 })],
    ['a huge row', 'points', measured({ row: 4294967295 })],
    ['a setpoint that is not its cell', 'points', measured({ setpoint: { azimuth: 4, elevation: 10 } })],
    ['a readback that is nowhere', 'points', measured({ readback: { azimuth: 1e300, elevation: 0 } })],
    ['a level beyond reason', 'points', measured({ mean_dbm: 1e300 })],
    ['too many reads', 'points', measured({ reads: 4294967295 })],
    ['a flag with a comma', 'points', measured({ flags: ['a,b'] })],
    ['a flag with NUL', 'points', measured({ flags: ['\0'] })],
    ['the year 0', 'points', measured({ measured_at: '0000-01-01T00:00:00Z' })],
    ['text for a number', 'points', measured({ mean_dbm: '-90' })],
    [
      'a cell that is measured already',
      'points',
      measured({ row: 0, column: 0, setpoint: { azimuth: 0, elevation: 10 } }),
    ],
    ['a status that is none', 'status', () => status({ status: 'failed' })],
    ['completed with points missing', 'status', () => status({ status: 'completed', completed: 1 })],
    ['more points than the grid has', 'status', () => status({ completed: 7 })],
    ['another total', 'status', () => status({ total: 5 })],
    ['notes with NUL', 'status', () => status({ notes: '\0' })],
    [
      'a finish before the beginning of time',
      'status',
      () => status({ finished_at: '0000-01-01T00:00:00Z' }),
    ],
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

  test.each(forgeries)('%s', async (_, leaf, payload) => {
    const before = await suite.everything();
    await suite.world.publish(`skyscan/sessions/${suite.sessionId}/${leaf}`, payload());
    await flush();
    expect(await suite.everything()).toBe(before);
  });

  test.each(['0', '999999', '4294967295', '9999999999', 'x'])('a point of session %s', async (id) => {
    const before = await suite.everything();
    await suite.world.publish(`skyscan/sessions/${id}/points`, forge((m) => m)());
    await flush();
    expect(await suite.everything()).toBe(before);
  });

  test('are counted', async () => {
    const { text } = await suite.world.gateway.get('/metrics');
    expect(text).toContain('skyscan_mqtt_messages_dropped_total{reason="not a point"}');
    expect(text).toContain('skyscan_mqtt_messages_dropped_total{reason="off the plan"}');
  });

  /** A point that is stored already, sent last, has been looked at when its session is asked for: messages come in order. */
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
