import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Aedes } from 'aedes';
import { expect, test } from 'vitest';
import { startSampler } from '../support/observatory.ts';

test('the service publishes online and offline over MQTT', async () => {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const statuses: string[] = [];
  broker.on('publish', (packet) => {
    if (packet.topic !== 'skyscan/services/sdr-sampler/status') return;
    statuses.push((JSON.parse(packet.payload.toString()) as { status: string }).status);
    server.emit('word');
  });
  const first = once(server, 'word');
  const { port } = server.address() as AddressInfo;
  const sampler = await startSampler(1, { MQTT_URL: `mqtt://127.0.0.1:${port}` });
  try {
    await first;
    await sampler.close();
    expect(statuses).toEqual(['online', 'offline']);
  } finally {
    await new Promise<void>((resolve) => broker.close(resolve));
    server.close();
  }
});
