import { createServer, type Server, type Socket } from 'node:net';
import { errorKind, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { isLoopbackHost } from '#shared/runtime/loopback';
import { canonicalAddress, isInNetworks } from '#shared/runtime/network-addresses';
import { parseRotctl, type RotctlRequest } from '#shared/rotctld/parser';
import { healthyUnless, type Finding } from '../clients/health-check.ts';
import { listen } from '../http/server.ts';
import { answer, type AnswerParts } from './answer.ts';
import type { FrontSetting } from './setting.ts';

/** The ports at which rotors answer like Hamlib's rotctld. */
export interface RotctldFronts {
  /** Logs the configured rotors that do not exist. */
  check(): Promise<void>;
  /** A problem of the configuration. */
  finding(): Promise<Finding>;
  close(): Promise<void>;
}

export interface FrontParts extends AnswerParts {
  logger: Logger;
}

/** Longer than any command. */
const MAX_PENDING_BYTES = 1_024;
/** Per front. */
const MAX_CLIENTS = 16;
const KEEP_ALIVE_MS = 30_000;
/**
 * HTTP and TLS: a web page can send both to any local port, with a body of its choice, and every
 * `K` in it would be a command. Those of rotctld are plain ASCII.
 */
const OTHER_PROTOCOL = /^[A-Z]{3,7} \S* ?HTTP\/|^(POST|PUT|PATCH|OPTIONS) |[^\t\r\n -~]/;

/** Starts all fronts. Throws `unavailable`, naming the variable, if a port cannot be used. */
export async function startFronts(settings: FrontSetting[], parts: FrontParts): Promise<RotctldFronts> {
  const running: { server: Server; clients: Set<Socket> }[] = [];

  async function close(): Promise<void> {
    await Promise.all(
      running.map(async ({ server, clients }) => {
        const closed = new Promise((resolve) => server.close(resolve));
        for (const client of clients) client.destroy();
        await closed;
      }),
    );
  }

  async function missing(): Promise<FrontSetting[]> {
    const find = ({ rotorId }: FrontSetting) =>
      parts.rotorCache.find(rotorId).then(
        (rotor) => rotor !== undefined,
        () => true, // unknown: the database is not available, which is reported on its own
      );
    const exists = await Promise.all(settings.map(find));
    return settings.filter((_, index) => !exists[index]);
  }

  try {
    for (const setting of settings) {
      const clients = new Set<Socket>();
      const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
      server.maxConnections = MAX_CLIENTS;
      server.on('connection', (socket) => {
        clients.add(socket);
        socket.once('close', () => clients.delete(socket));
        serveClient(socket, setting, parts);
      });
      server.on('drop', (client) =>
        parts.logger.warn(
          { rotor: setting.rotorId, client: client?.remoteAddress, limit: MAX_CLIENTS },
          'rotctld front: refused a client, too many are connected',
        ),
      );
      await listen(server, setting.host, setting.port, 'ROTCTLD_FRONT');
      running.push({ server, clients });
      parts.logger.info({ rotor: setting.rotorId, host: setting.host, port: setting.port }, 'rotctld front');
    }
  } catch (error) {
    await close();
    throw error;
  }

  return {
    async check() {
      for (const { rotorId, port } of await missing())
        parts.logger.error(
          { rotor: rotorId, port },
          `ROTCTLD_FRONT: rotor ${rotorId} does not exist, its port ${port} refuses all commands; GET /api/rotors lists the rotors`,
        );
    },
    async finding() {
      const [first] = await missing();
      return healthyUnless(first && `ROTCTLD_FRONT: rotor ${first.rotorId} does not exist`);
    },
    close,
  };
}

/**
 * Answers a client, one command after the other, as rotctld does. Its end does not stop the rotor:
 * `rotctl` disconnects as soon as a move has started.
 */
function serveClient(socket: Socket, { rotorId, networks, host }: FrontSetting, parts: FrontParts): void {
  const client = canonicalAddress(socket.remoteAddress ?? '');
  const logger = parts.logger.child({ rotor: rotorId, client });
  const isAllowed = networks
    ? isInNetworks(networks, client)
    : isLoopbackHost(host) && isLoopbackHost(client);
  socket.on('error', (error) => logger.debug({ err: error.message }, 'rotctld front: client'));
  if (!isAllowed) {
    logger.warn('rotctld front: refused a client outside the allowed networks');
    socket.destroy();
    return;
  }
  const log = createCommandLog(logger);
  let pending = '';
  let isFirst = true;
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    pending += text;
    if (isFirst && OTHER_PROTOCOL.test(pending)) {
      logger.warn('rotctld front: refused a client with another protocol than that of rotctld');
      socket.destroy();
      return;
    }
    // Nothing is read during a command, so that a client cannot queue any number of them.
    socket.pause();
    void serveCommands().finally(() => socket.resume());
  });

  async function serveCommands(): Promise<void> {
    for (;;) {
      const parsed = parseRotctl(pending);
      if (parsed.kind === 'incomplete') break;
      isFirst = false;
      if (parsed.kind === 'quit') {
        socket.end();
        return;
      }
      pending = parsed.rest;
      if (parsed.kind !== 'request') continue;
      const { reply, error } = await answer(parts, rotorId, parsed.request);
      log(parsed.request, error);
      if (socket.destroyed) return;
      if (!socket.write(reply)) await drained(socket);
    }
    if (pending.length > MAX_PENDING_BYTES) {
      logger.warn('rotctld front: refused a command that does not end');
      socket.destroy();
    }
  }
}

/** A client that does not read its answers gets no more of them. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', () => resolve());
  });
}

/** Logs what a client does: programs that track repeat their commands every second. */
function createCommandLog(logger: Logger): (request: RotctlRequest, error: unknown) => void {
  let latest = '';
  return (request, error) => {
    if (error === undefined && request.name === 'get_pos') return;
    const entry = `${request.name}: ${error === undefined ? 'done' : errorMessage(error)}`;
    if (entry === latest) return;
    latest = entry;
    if (errorKind(error) === 'internal' && error !== undefined)
      logger.error({ err: error, command: request.name }, 'rotctld front: unexpected error');
    else if (error !== undefined)
      logger.warn({ command: request.name, reason: errorMessage(error) }, 'rotctld front: command refused');
    else if (['set_pos', 'park', 'stop'].includes(request.name))
      logger.info({ command: request.name }, 'rotctld front: command');
  };
}
