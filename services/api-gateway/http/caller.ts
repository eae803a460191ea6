import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** The client's address and the requested host. */
export interface Caller {
  address: string;
  /** As sent by the client. */
  host: string | undefined;
}

/**
 * Uses `X-Forwarded-For` and `X-Forwarded-Host` of trusted proxies, else the connection and `Host`.
 * Of several addresses it takes the last one that is not a trusted proxy; the client can forge
 * those before it.
 */
export function callerOf(
  { headers, socket }: Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } },
  isProxy: (address: string) => boolean,
): Caller {
  const peer = socket.remoteAddress ?? '';
  if (!isProxy(peer)) return { address: peer, host: headers.host };
  let address = peer;
  for (const hop of splitHeader(headers['x-forwarded-for']).reverse()) {
    const named = hop.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
    if (isIP(named) === 0) break;
    address = named;
    if (!isProxy(named)) break;
  }
  return { address, host: splitHeader(headers['x-forwarded-host']).at(-1) ?? headers.host };
}

function splitHeader(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
