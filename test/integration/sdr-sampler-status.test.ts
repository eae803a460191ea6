import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Aedes } from 'aedes';
import { expect, test } from 'vitest';
import { startSampler } from '../support/observatory.ts';

test('the service says on MQTT that it is there, and that it leaves', async () => {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const words: string[] = [];
  broker.on('publish', (packet) => {
    if (packet.topic !== 'skyscan/services/sdr-sampler/status') return;
    words.push((JSON.parse(packet.payload.toString()) as { status: string }).status);
    server.emit('word');
  });
  const first = once(server, 'word');
  const { port } = server.address() as AddressInfo;
  const sampler = await startSampler(1, { MQTT_URL: `mqtt://127.0.0.1:${port}` });
  try {
    await first;
    await sampler.close();
    expect(words).toEqual(['online', 'offline']);
  } finally {
    await new Promise<void>((resolve) => broker.close(resolve));
    server.close();
  }
});
