import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import type { Lifecycle } from '#shared/lifecycle';
import type { Logger } from '#shared/logger';
import type { Config } from './config.ts';

const HOST = '127.0.0.1';
const MAX_CLIENTS = 500;
const MAX_RETAINED_TOPICS = 20_000;
const MAX_PAYLOAD_BYTES = 256 * 1024;
// While one client does not read, aedes makes everybody wait for it.
const SLOW_CLIENT_MS = 3_000;

/** The embedded MQTT 3.1.1 broker: in memory, on loopback, without logins. */
export async function start(config: Config, logger: Logger, lifecycle: Lifecycle): Promise<{ port: number }> {
  const retained = new Set<string>();
  const broker = await Aedes.createBroker({
    drainTimeout: SLOW_CLIENT_MS,
    connectTimeout: 5_000,
    preConnect(_client, packet, callback) {
      // What waits for a client that is away would grow without bounds. Such a client is told that its session is gone.
      packet.clean = true;
      callback(null, true);
    },
    authorizePublish(_client, packet, callback) {
      if (packet.topic.startsWith('$SYS/')) callback(new Error('$SYS is reserved'));
      else if (packet.payload.length > MAX_PAYLOAD_BYTES)
        callback(new Error(`payload of ${packet.payload.length} bytes is above ${MAX_PAYLOAD_BYTES}`));
      else {
        if (packet.retain) packet.retain = remember(packet.topic, packet.payload.length > 0);
        callback(null);
      }
    },
  });
  broker.on('clientError', (client, error) => {
    logger.debug({ client: client.id, err: error.message }, 'client error');
  });

  function remember(topic: string, hasPayload: boolean): boolean {
    if (!hasPayload) retained.delete(topic);
    else if (!retained.has(topic) && retained.size >= MAX_RETAINED_TOPICS) {
      logger.warn({ limit: MAX_RETAINED_TOPICS }, 'no room for another retained topic');
      return false;
    } else retained.add(topic);
    return true;
  }

  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  server.maxConnections = MAX_CLIENTS;
  server.listen({ port: config.MQTT_PORT, host: HOST });
  await once(server, 'listening');
  lifecycle.onClose('broker', async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => broker.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return { port: (server.address() as AddressInfo).port };
}
