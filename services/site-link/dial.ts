import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { splitAddress } from '#shared/base/address';
import { SkyScanError } from '#shared/base/errors';
import { describeConnectionFault, NO_ANSWER } from '#shared/runtime/connection-faults';
import { LINK_PROTOCOL } from '#shared/link/protocol';

const CONNECT_MS = 10_000;

/** The contents of PEM files. */
export interface Certificates {
  cert: Buffer;
  key: Buffer;
  ca: Buffer;
}

/**
 * Connects to the link port of a gateway. Throws `unavailable` with the reason, also when something
 * else answers there.
 */
export function dial(address: string, certificates: Certificates, signal: AbortSignal): Promise<TLSSocket> {
  const { host, port } = splitAddress(address);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      ...certificates,
      // RFC 6066 allows no IP address as server name. The certificate is checked against `host`.
      ...(isIP(host) === 0 && { servername: host }),
      ALPNProtocols: [LINK_PROTOCOL],
    });
    const fail = (fault: string) => {
      settle();
      socket.on('error', () => undefined).destroy();
      reject(new SkyScanError('unavailable', `the gateway at ${address} ${fault}`));
    };
    const onError = (error: NodeJS.ErrnoException) =>
      fail(describeConnectionFault(`${error.code ?? ''} ${error.message}`, 'GATEWAY_LINKS'));
    const onAbort = () => fail('is not needed any more');
    const tooLate = setTimeout(() => fail(describeConnectionFault(NO_ANSWER, 'GATEWAY_LINKS')), CONNECT_MS);
    const settle = () => {
      clearTimeout(tooLate);
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
    };
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    socket.on('error', onError);
    socket.once('secureConnect', () => {
      if (socket.alpnProtocol !== LINK_PROTOCOL) {
        fail('does not accept links of sites (check GATEWAY_LINKS and its LINK_PORT)');
        return;
      }
      settle();
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
