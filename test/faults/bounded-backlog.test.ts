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
import { watchForGood } from '../support/viewer.ts';

// A broker that is away, or takes everything and says nothing, while thousands of points are
// measured: nobody keeps them in memory for it, and everything arrives once.

const POINTS = 3_000;
/** What 2,700 more points may add; they are some 2 MiB as JSON. */
const NOISE_BYTES = 48 * 2 ** 20;

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
  'a broker that is away (%s) for a whole scan',
  { timeout: 600_000 },
  async (kind) => {
    const { gateway, gatewayProcess, orchestrator } = stack;
    const id = await startInstantScan(stack, POINTS);
    const session = async () => (await gateway.get(`/api/skyscan/${id}`)).body as Session;
    const reaches = (count: number) =>
      until(`${count} points`, async () => (await session()).completed_points >= count, 300_000);
    const viewer = watchForGood(gateway.url, id);
    await reaches(POINTS / 20);
    line.setWeather({ kind });
    await reaches(POINTS / 10);
    const before = [
      await orchestrator.heapBytes(),
      await gatewayProcess.heapBytes(),
      orchestrator.rssBytes(),
    ];
    await reaches(POINTS);
    const after = [await orchestrator.heapBytes(), await gatewayProcess.heapBytes(), orchestrator.rssBytes()];
    await until('it is completed', async () => (await session()).status === 'completed');
    line.setWeather({ kind: 'clear' });
    await until('the viewer has everything', () => viewer.over);
    expect(viewer.seqs).toEqual(upTo(POINTS));
    viewer.close();
    const { body } = await gateway.get(`/api/skyscan/${id}/measurements`);
    const points = body as Measurement[];
    expect(points.map(({ seq }) => seq)).toEqual(upTo(POINTS));
    expect(new Set(points.map(({ row, column }) => `${row}/${column}`)).size).toBe(POINTS);
    await until('the broker knows', async () => (await retained(id))?.status === 'completed');
    process.stdout.write(
      `broker ${kind} for ${POINTS} points: heap of the orchestrator, heap of the gateway, RSS of the orchestrator ` +
        `${before.map(mebibytes).join(', ')} -> ${after.map(mebibytes).join(', ')}\n`,
    );
    after.forEach((bytes, i) => expect(bytes - (before[i] ?? 0)).toBeLessThan(NOISE_BYTES));
  },
);

/** What the broker would tell a newcomer. */
async function retained(id: number): Promise<StatusMessage | undefined> {
  const newcomer = await mqtt.connectAsync(broker.url);
  try {
    let told: StatusMessage | undefined;
    newcomer.on('message', (topic, payload) => {
      told = checkedMqttMessage(topic, payload.toString()) as StatusMessage;
    });
    await newcomer.subscribeAsync(`skyscan/sessions/${id}/status`, { qos: 1 });
    await until('it is told', () => told, 500).catch(() => undefined);
    return told;
  } finally {
    await newcomer.endAsync(true);
  }
}
