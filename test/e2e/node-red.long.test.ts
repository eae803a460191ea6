import mqtt from 'mqtt';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { alertMessageSchema, type AlertMessage } from '#contract/alert-messages';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { describeUnless } from '../support/peers.ts';
import { installNodeRed, readFlow, startNodeRed, type FlowNode, type NodeRed } from '../support/node-red.ts';
import { callApi, fastRotor, untilStatus, type PublishedSession } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

// The flows of deploy/node-red in the real Node-RED, with a whole system and its broker.

const FLOWS = ['live-level', 'scan-finished', 'alert', 'stop'];
const installed = await installNodeRed().catch((error: unknown) => error as Error);
const missing = installed instanceof Error ? `Node-RED cannot be installed: ${installed.message}` : undefined;

describeUnless(missing, 'the flows for Node-RED', () => {
  let stack: TestStack;
  let nodeRed: NodeRed;

  beforeAll(async () => {
    stack = await startTestStack();
    await callApi(stack, 'POST', '/api/rotors', fastRotor(stack));
    nodeRed = await startNodeRed(installed as string, flowsFor(stack));
  });
  afterAll(async () => {
    await nodeRed.close();
    await stack.stop();
  });

  const at = (place: string) =>
    nodeRed.messages.filter((message) => message.at === place).map(({ message }) => message);
  const start = (scan: object) =>
    callApi<PublishedSession>(stack, 'POST', '/api/skyscan/start', { rotor_id: 1, step_deg: 10, ...scan });

  test('the level of every point and the end of a scan come out', async () => {
    const { id } = await start({ az_start: 100, az_end: 150, el_start: 30, el_end: 40, rssi_iterations: 2 });
    await untilStatus(stack, id, 'completed');
    const points = await callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
    const finished = await until('the end of the scan', () => at('Sky Scan: scan finished: finished')[0]);
    expect(finished).toMatchObject({
      topic: `skyscan/sessions/${id}/status`,
      payload: `Scan ${id} completed, 12 of 12 points`,
      scan: { session_id: id, status: 'completed', completed: 12 },
    });
    const levels = await until('all points', () => {
      const all = at('Sky Scan: live level: level');
      return all.length >= 12 && all;
    });
    expect(levels).toMatchObject(
      points.map((point) => ({
        topic: `session ${id}`,
        payload: Math.round(point.mean_dbm * 100) / 100,
        unit: 'dBFS',
        session: id,
        seq: point.seq,
        azimuth: point.readback.azimuth,
        elevation: point.readback.elevation,
        flags: point.flags,
      })),
    );
    await until('the level below the node', () =>
      /^-\d+\.\d dBFS at \d+, \d+$/.test(nodeRed.statusOf('Sky Scan: live level', 'level') ?? ''),
    );
  });

  test('the button stops a scan, which is reported as paused with the reason; a cancelled one ends', async () => {
    const { id } = await start({ el_start: 20, el_end: 80, step_deg: 2 });
    await until('the scan runs', () =>
      at('Sky Scan: live level: level').some(({ session }) => session === id),
    );
    await nodeRed.inject('Sky Scan: stop', 'STOP');
    expect(await until('the answer', () => at('Sky Scan: stop: stopped')[0])).toMatchObject({
      payload: 'stopped',
      stopped: true,
    });
    const { notes } = await untilStatus(stack, id, 'paused');
    expect(notes).not.toBeNull();
    const paused = await until('the pause', () => at('Sky Scan: scan finished: paused')[0]);
    expect(paused['payload']).toMatch(new RegExp(`^Scan ${id} paused, \\d+ of 5580 points: `));
    expect(paused['payload']).toContain(notes);
    await callApi(stack, 'POST', `/api/skyscan/${id}/cancel`);
    const ended = await until('the end', () => at('Sky Scan: scan finished: finished')[1]);
    expect(ended).toMatchObject({ scan: { session_id: id, status: 'cancelled' } });
    expect(at('Sky Scan: scan finished: paused')).toHaveLength(1);
  });

  test('an alert comes out once when it is raised, and once when it is cleared', async () => {
    const url = `mqtt://127.0.0.1:${stack.addresses.mqttPort}`;
    const password = readFileSync(join(stack.dataDir, 'secrets/mqtt-password'), 'utf8').trim();
    const broker = await mqtt.connectAsync(url, { username: 'skyscan', password });
    onTestFinished(() => broker.endAsync());
    const publish = (id: number, payload: AlertMessage | null) =>
      broker.publishAsync(
        `skyscan/alerts/${id}`,
        payload ? JSON.stringify(alertMessageSchema.parse(payload)) : '',
        {
          qos: 1,
          retain: true,
        },
      );
    await publish(6, { ...ALERT, id: 6, status: 'acknowledged' });
    await publish(7, ALERT);
    await publish(7, { ...ALERT, sessions_seen: 2 });
    await publish(7, null);
    await publish(8, null);
    const cleared = await until('the end of the alert', () => at('Sky Scan: alert: cleared')[0]);
    expect(cleared).toMatchObject({ topic: 'skyscan/alerts/7', payload: `Cleared: ${ALERT.title}` });
    await publish(9, { ...ALERT, id: 9 });
    await until('the next alert', () => at('Sky Scan: alert: raised').length === 2);
    expect(at('Sky Scan: alert: cleared')).toHaveLength(1);
    expect(at('Sky Scan: alert: raised')).toMatchObject([
      { topic: 'skyscan/alerts/7', payload: ALERT.title, link: ALERT.link, alert: { id: 7, azimuth: 118.2 } },
      { topic: 'skyscan/alerts/9' },
    ]);
  });

  test('after a restart of the broker nothing is reported again', async () => {
    const before = nodeRed.messages.length;
    const connections = nodeRed.log().match(/\] Connected to broker/g)?.length ?? 0;
    expect(connections).toBe(1);
    await stack.kill('mqtt-broker');
    await until(
      'connected again',
      () => nodeRed.log().match(/\] Connected to broker/g)?.length === connections + 1,
    );
    const { id } = await start({ az_start: 100, az_end: 110, el_start: 30, el_end: 30, rssi_iterations: 2 });
    await until('the next scan ends', () =>
      at('Sky Scan: scan finished: finished').some(
        ({ scan }) => (scan as { session_id: number }).session_id === id,
      ),
    );
    const places = nodeRed.messages.slice(before).map((message) => message.at);
    expect(places.filter((place) => place !== 'Sky Scan: live level: level')).toEqual([
      'Sky Scan: scan finished: finished',
    ]);
    expect(nodeRed.log()).not.toMatch(/\[error\]/);
  });
});

/** All flows, with the addresses of the stack. */
function flowsFor(stack: TestStack): FlowNode[] {
  const nodes = FLOWS.flatMap(readFlow).map((node): FlowNode => {
    if (node.type === 'mqtt-broker') return { ...node, port: String(stack.addresses.mqttPort) };
    if (node.type === 'http request')
      return { ...node, url: String(node['url']).replace('http://127.0.0.1:8080', stack.httpUrl) };
    return node;
  });
  return [...new Map(nodes.map((node) => [node.id, node])).values()];
}

const ALERT: AlertMessage = {
  id: 7,
  rule_id: 1,
  schedule_id: null,
  kind: 'new',
  status: 'open',
  title: 'New source at 118.2°, 12.5°, 868.3 MHz',
  reason: null,
  azimuth: 118.2,
  elevation: 12.5,
  z: 9.1,
  change_db: 6.4,
  channels: [],
  source: null,
  session_id: 1,
  baseline_id: 1,
  anomaly_id: 3,
  catalogue_id: null,
  sessions_seen: 1,
  raised_at: '2026-11-22T14:37:44.829Z',
  last_seen_at: '2026-11-22T14:37:44.829Z',
  acknowledged_at: null,
  note: null,
  silent_until: null,
  cleared_at: null,
  link: 'http://127.0.0.1:8080/alerts/7',
  picture: null,
};
