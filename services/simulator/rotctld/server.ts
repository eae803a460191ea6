import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Logger } from '#shared/runtime/logger';
import type { Pointing } from '#shared/sky/pointing';
import type { Random } from '../domain/random.ts';
import type { Faults } from '../engine/faults.ts';
import type { Mount } from '../engine/mount.ts';
import { parseCNumber, parseRotctl, type RotctlRequest } from '#shared/rotctld/parser';
import {
  RIG_EINVAL,
  RIG_ENAVAIL,
  RIG_EPROTO,
  capsReply,
  infoReply,
  positionReply,
  resultReply,
  stateReply,
} from '#shared/rotctld/replies';

export interface RotctldServer {
  readonly port: number;
  /** Disconnects all clients and closes the port, or reopens the same port. */
  setRefusing(refusing: boolean): Promise<void>;
  /** Disconnects all clients; the port stays open. */
  hangUp(): void;
  close(): Promise<void>;
}

// Longer than any command; the real rotctld crashes on 10 kB.
const MAX_PENDING_BYTES = 1_024;
const MAX_CLIENTS = 100;
const IDENTITY = { model: 'Simulated observatory', manufacturer: 'Sky Scan' };

/** A server of the network protocol of Hamlib 4.5.4 for the mount. */
export async function startRotctld(
  address: { host: string; port: number },
  mount: Mount,
  faults: Readonly<Faults>,
  random: Random,
  logger: Logger,
): Promise<RotctldServer> {
  const clients = new Set<Socket>();
  let { port } = address;
  let server: Server | undefined;

  async function open(): Promise<void> {
    server = createServer({ noDelay: true }, serve);
    server.maxConnections = MAX_CLIENTS;
    server.listen(port, address.host);
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
  }

  async function shut(): Promise<void> {
    const closing = server;
    server = undefined;
    hangUp();
    if (closing) await new Promise((resolve) => closing.close(resolve));
  }

  function hangUp(): void {
    for (const client of clients) client.destroy();
  }

  function serve(socket: Socket): void {
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    socket.on('error', (error) => logger.debug({ err: error.message }, 'rotctld client'));
    let pending = '';
    socket.on('data', (bytes) => {
      pending = serveCommands(pending + bytes.toString('latin1'), socket);
      if (pending.length > MAX_PENDING_BYTES || socket.writableLength > 1024 * MAX_PENDING_BYTES)
        socket.destroy();
    });
  }

  /** Answers all complete commands; returns the rest of the input. */
  function serveCommands(input: string, socket: Socket): string {
    let rest = input;
    let replies = '';
    for (;;) {
      const parsed = parseRotctl(rest);
      if (parsed.kind === 'incomplete') break;
      if (parsed.kind === 'quit') {
        socket.end(replies);
        return '';
      }
      rest = parsed.rest;
      if (parsed.kind !== 'request' || faults.rotctldSilent) continue;
      const isRefused = parsed.request.name === 'get_pos' && random() < faults.refusedReadings;
      replies += isRefused ? resultReply(parsed.request, RIG_EPROTO) : answer(parsed.request, mount);
    }
    if (replies && !socket.writableEnded) socket.write(replies);
    return rest;
  }

  await open();
  return {
    get port() {
      return port;
    },
    async setRefusing(refusing) {
      if (refusing) await shut();
      else if (!server) await open();
    },
    hangUp,
    close: shut,
  };
}

function answer(request: RotctlRequest, mount: Mount): string {
  switch (request.name) {
    case 'get_pos':
      return positionReply(request, mount.readback());
    case 'set_pos': {
      const target = parseTarget(request.azimuth, request.elevation);
      return resultReply(request, target && mount.moveTo(target) ? 0 : RIG_EINVAL);
    }
    case 'stop':
      mount.stop();
      return resultReply(request, 0);
    case 'park':
      mount.park();
      return resultReply(request, 0);
    case 'get_info':
      return infoReply(request, IDENTITY.model);
    case 'dump_state':
      return stateReply(request, mount.limits);
    case 'dump_caps':
      return capsReply(request, IDENTITY, mount.limits);
    case 'unavailable':
      return resultReply(request, RIG_ENAVAIL);
  }
}

function parseTarget(azimuth: string, elevation: string): Pointing | undefined {
  const azimuthDeg = parseCNumber(azimuth);
  const elevationDeg = parseCNumber(elevation);
  return azimuthDeg === undefined || elevationDeg === undefined ? undefined : { azimuthDeg, elevationDeg };
}
