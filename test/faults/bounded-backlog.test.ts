import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Measurement } from '#contract/measurement';
import type { StatusMessage } from '#contract/mqtt-messages';
import { checkedMqttMessage } from '../support/checked-message.ts';
import { startAedes, type TestBroker } from '../support/gateway-broker.ts';
import { upTo, type Session } from '../support/gateway-scan.ts';
import { startInstantScan, startInstantStack, type InstantStack } from '../support/instant-stack.ts';
import { mebibytes } from '../support/measured-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { watchWithReconnect } from '../support/reconnecting-viewer.ts';

// The broker is down, or accepts data but does not reply, while thousands of points are measured:
// no process buffers them in memory, and everything arrives once.

const POINTS = 5_000;
/** Allowed growth for 4,500 more points; they are about 3 MiB as JSON. */
const NOISE_BYTES = 16 * 2 ** 20;

let database: TestDatabase;
let broker: TestBroker;
let line: TcpProxy;
let stack: InstantStack;
beforeAll(async () => {
  [database, broker] = await Promise.all([createTestDatabase(), startAedes()]);
  line = await startTcpProxy({ targetPort: Number(new URL(broker.url).port) });
  stack = await startInstantStack(database.url, `mqtt://${line.address}`);
});
afterAll(async () => {
  await stack.close();
  await line.close();
  await broker.close();
  await database.drop();
});

test.each(['refuse', 'silent'] as const)(
  'memory stays bounded while the broker is unavailable (%s) for a whole scan',
  { timeout: 600_000 },
  async (kind) => {
    const { gateway, gatewayProcess, orchestrator } = stack;
    const id = await startInstantScan(stack, POINTS);
    const session = async () => (await gateway.get(`/api/skyscan/${id}`)).body as Session;
    const untilPoints = (count: number) =>
      until(`${count} points`, async () => (await session()).completed_points >= count, 300_000);
    const held = () => Promise.all([orchestrator.heldBytes(), gatewayProcess.heldBytes()]);
    const viewer = watchWithReconnect(gateway.url, id);
    await untilPoints(POINTS / 20);
    line.setCondition({ kind });
    await untilPoints(POINTS / 10);
    const before = await held();
    await untilPoints(POINTS);
    const after = await held();
    await until('it is completed', async () => (await session()).status === 'completed');
    line.setCondition({ kind: 'normal' });
    await until('the viewer has received everything', () => viewer.ended);
    expect(viewer.seqs).toEqual(upTo(POINTS));
    viewer.close();
    const { body } = await gateway.get(`/api/skyscan/${id}/measurements`);
    const points = body as Measurement[];
    expect(points.map(({ seq }) => seq)).toEqual(upTo(POINTS));
    expect(new Set(points.map(({ row, column }) => `${row}/${column}`)).size).toBe(POINTS);
    await until(
      'the broker retains the final status',
      async () => (await retained(id))?.status === 'completed',
    );
    process.stdout.write(
      `broker ${kind} for ${POINTS} points: memory held by the orchestrator and by the gateway ` +
        `${before.map(mebibytes).join(', ')} -> ${after.map(mebibytes).join(', ')}\n`,
    );
    after.forEach((bytes, i) => expect(bytes - (before[i] ?? 0)).toBeLessThan(NOISE_BYTES));
  },
);

/** The status that the broker retains for new subscribers. */
async function retained(id: number): Promise<StatusMessage | undefined> {
  const newcomer = await mqtt.connectAsync(broker.url);
  try {
    let message: StatusMessage | undefined;
    newcomer.on('message', (topic, payload) => {
      message = checkedMqttMessage(topic, payload.toString()) as StatusMessage;
    });
    await newcomer.subscribeAsync(`skyscan/sessions/${id}/status`, { qos: 1 });
    await until('it is retained', () => message, 500).catch(() => undefined);
    return message;
  } finally {
    await newcomer.endAsync(true);
  }
}
