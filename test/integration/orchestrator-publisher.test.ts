import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Aedes, type AedesPublishPacket } from 'aedes';
import { expect, onTestFinished, test } from 'vitest';
import { createTopics } from '#contract/mqtt-topics';
import { createLogger } from '#shared/runtime/logger';
import { createMqttConnection } from '#shared/runtime/mqtt-client';
import type { Publisher, SessionView } from '../../services/scan-orchestrator/engine/ports.ts';
import { createPublisher } from '../../services/scan-orchestrator/publisher.ts';
import { retainedStatus } from '../faults/observers.ts';
import { until } from '../support/until.ts';

// A broker that has lost nodes may acknowledge a message and not retain it.

const STATUS = 'skyscan/sessions/7/status';

test.concurrent('the last status of a session is published until the broker retains it', async () => {
  let messages = 0;
  const { url, publisher } = await startBroker((packet) => {
    if (packet.topic === STATUS && ++messages <= 2) packet.retain = false;
  });
  await untilPublished(publisher, view(3));
  expect(messages).toBe(3);
  expect(await retainedStatus(url, 7)).toMatchObject({ status: 'completed', revision: 3 });
});

test.concurrent('an older status that the broker retains is replaced', async () => {
  let messages = 0;
  const { url, publisher } = await startBroker((packet) => {
    if (packet.topic === STATUS && ++messages === 2) packet.retain = false;
  });
  const running: SessionView = { ...view(2), status: 'running' };
  publisher.status(running);
  await until('it is published', () => publisher.hasPublished(running));
  await untilPublished(publisher, view(3));
  expect(messages).toBe(3);
  expect(await retainedStatus(url, 7)).toMatchObject({ status: 'completed', revision: 3 });
});

test.concurrent('a broker that retains nothing is asked ten times', async () => {
  let messages = 0;
  const { publisher } = await startBroker((packet) => {
    if (packet.topic === STATUS) messages++;
    packet.retain = false;
  });
  await untilPublished(publisher, view(3));
  expect(messages).toBe(11);
});

/** As the supervisor does: each confirmation of the gateway publishes it again. */
async function untilPublished(publisher: Publisher, session: SessionView): Promise<void> {
  await until('it is published', () => {
    if (publisher.hasPublished(session)) return true;
    publisher.status(session);
    return false;
  });
}

/** `onPublish` may change what the broker stores. */
async function startBroker(
  onPublish: (packet: AedesPublishPacket) => void,
): Promise<{ url: string; publisher: Publisher }> {
  const broker = await Aedes.createBroker({
    authorizePublish: (_client, packet, done) => {
      onPublish(packet as AedesPublishPacket);
      done(null);
    },
  });
  const server = createServer((socket) => broker.handle(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { MQTT_URL: url, MQTT_BASE_TOPIC: 'skyscan' };
  const logger = createLogger('test', 'silent');
  const connection = createMqttConnection('scan-orchestrator', '0.0.0', createTopics(), settings, logger);
  connection.client.connect();
  onTestFinished(async () => {
    await connection.close();
    server.close();
    broker.close();
  });
  await until('the connection', () => connection.client.connected);
  return { url, publisher: createPublisher(connection, 'local', 500) };
}

function view(revision: number): SessionView {
  return {
    sessionId: 7,
    rotorId: 1,
    status: 'completed',
    completedPoints: 6,
    totalPoints: 6,
    revision,
    notes: null,
    startedAtMs: 0,
    finishedAtMs: 1_000,
    etaMs: null,
    elapsedMs: 1_000,
    remainingMs: 0,
    fault: null,
    rotorRests: false,
    resumesItself: false,
  };
}
