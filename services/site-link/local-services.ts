import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { splitAddress } from '#shared/base/address';
import { errorMessage, SkyScanError } from '#shared/base/errors';
import { LINK_SERVICES, type LinkService } from '#shared/link/protocol';
import { describeConnectionFault } from '#shared/runtime/connection-faults';

const CONNECT_MS = 2_000;

/**
 * Connects to the services of this site; with `ca` over TLS. Nothing else can be reached through
 * the link. Throws `not_found` and `unavailable`.
 */
export function connectService({
  addresses,
  ca,
}: {
  /** `host:port` of each. */
  addresses: Record<LinkService, string>;
  ca: Buffer | undefined;
}): (name: string) => Promise<Socket> {
  return async (name) => {
    const service = LINK_SERVICES.find((known) => known === name);
    if (!service) throw new SkyScanError('not_found', `no service ${name} at this site`);
    const address = addresses[service];
    const { host, port } = splitAddress(address);
    const socket = ca
      ? connectTls({ host, port, ca, ALPNProtocols: ['h2'], ...(isIP(host) === 0 && { servername: host }) })
      : connectTcp({ host, port });
    socket.setNoDelay(true);
    try {
      await once(socket, ca ? 'secureConnect' : 'connect', { signal: AbortSignal.timeout(CONNECT_MS) });
    } catch (error) {
      socket.on('error', () => undefined).destroy();
      const fault = describeConnectionFault(errorMessage(error));
      throw new SkyScanError('unavailable', `${service} at ${address} ${fault}`, { cause: error });
    }
    return socket;
  };
}
