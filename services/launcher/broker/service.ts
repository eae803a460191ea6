import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import { createTopics } from '#contract/mqtt-topics';
import { sameSecret } from '#shared/runtime/grpc-credentials';
import type { Lifecycle } from '#shared/runtime/lifecycle';
import type { Logger } from '#shared/runtime/logger';
import type { Config } from './config.ts';
import { createPacketGuard } from './packet-guard.ts';
import { createRetainedTopics } from './retained-topics.ts';

type BrokerConfig = Pick<Config, 'MQTT_PORT'> & Partial<Config>;

const HOST = '127.0.0.1';
const MAX_CLIENTS = 500;
const MAX_RETAINED_TOPICS = 20_000;
const MAX_PAYLOAD_BYTES = 256 * 1024;
// Plus the longest topic and the packet identifier.
const MAX_PACKET_BYTES = MAX_PAYLOAD_BYTES + 65_535 + 4;
const USER = 'skyscan';
/** Sends commands, and nothing else below the base topic. */
const OPERATOR = 'operator';
// A client that does not read delays all others in aedes.
const SLOW_CLIENT_MS = 3_000;

/**
 * The embedded MQTT 3.1.1 broker: in memory, on loopback. The services log in as `skyscan`, clients
 * that send commands as `operator`. Clients without a login may subscribe to every topic and
 * publish outside the base topic of Sky Scan.
 */
export async function start(
  config: BrokerConfig,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<{ port: number }> {
  const retained = createRetainedTopics(MAX_RETAINED_TOPICS, logger);
  const users = new Map<string, { client: Client; name: string }>();
  const base = config.MQTT_BASE_TOPIC ?? 'skyscan';
  const ownTopics = `${base}/`;
  const topics = createTopics(base);
  const passwords = new Map([
    [USER, config.MQTT_PASSWORD],
    [OPERATOR, config.MQTT_OPERATOR_PASSWORD],
  ]);
  const broker = await Aedes.createBroker({
    drainTimeout: SLOW_CLIENT_MS,
    connectTimeout: 5_000,
    preConnect(_client, packet, callback) {
      // No persistent sessions: queued messages of an absent client would grow without limit.
      packet.clean = true;
      callback(null, true);
    },
    authenticate(client, username, password, callback) {
      const expected = username === undefined ? undefined : passwords.get(username);
      const isUser = expected !== undefined && sameSecret(password?.toString() ?? '', expected);
      const holder = users.get(client.id)?.name;
      if (config.MQTT_PASSWORD === undefined) callback(null, true);
      else if (username !== undefined && isUser && (holder ?? username) === username) {
        users.set(client.id, { client, name: username });
        callback(null, true);
      }
      // Refuses a wrong login, and a client that would take over the identifier of a service.
      else callback(null, username === undefined && holder === undefined);
    },
    authorizePublish(client, packet, callback) {
      if (packet.topic.startsWith('$SYS/')) callback(new Error('$SYS is reserved'));
      else if (!mayPublish(client, packet.topic))
        callback(new Error(`only Sky Scan may publish on ${packet.topic}`));
      else if (packet.payload.length > MAX_PAYLOAD_BYTES)
        callback(new Error(`payload of ${packet.payload.length} bytes is above ${MAX_PAYLOAD_BYTES}`));
      else {
        if (packet.retain) packet.retain = retained.add(packet.topic, packet.payload.length > 0);
        callback(null);
      }
    },
  });
  broker.on('clientError', (client, error) => {
    logger.debug({ client: client.id, err: error.message }, 'client error');
  });

  broker.on('clientDisconnect', (client) => {
    if (users.get(client.id)?.client === client) users.delete(client.id);
  });

  function mayPublish(client: Client | null, topic: string): boolean {
    if (config.MQTT_PASSWORD === undefined || !client || !topic.startsWith(ownTopics)) return true;
    const user = users.get(client.id);
    if (user?.client !== client) return false;
    return user.name === USER || topics.parseCommand(topic) !== undefined;
  }

  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    limitPackets(socket);
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

/** Closes a connection that announces a packet over the limit, before the parser buffers it. */
function limitPackets(socket: Socket): void {
  const accepts = createPacketGuard(MAX_PACKET_BYTES);
  const read = socket.read.bind(socket);
  socket.read = (size?: number): unknown => {
    const chunk = read(size) as Buffer | null;
    if (chunk === null || accepts(chunk)) return chunk;
    socket.destroy();
    return null;
  };
}
