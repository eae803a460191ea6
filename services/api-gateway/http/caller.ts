import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Who asks, and for which host. */
export interface Caller {
  address: string;
  /** As the client wrote it. */
  host: string | undefined;
}

/**
 * What a trusted proxy says in `X-Forwarded-For` and `X-Forwarded-Host`, else what the connection
 * and `Host` say. Of several addresses it is the last one that no trusted proxy has: those before
 * it can be made up by the client.
 */
export function callerOf(
  { headers, socket }: Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } },
  isProxy: (address: string) => boolean,
): Caller {
  const peer = socket.remoteAddress ?? '';
  if (!isProxy(peer)) return { address: peer, host: headers.host };
  let address = peer;
  for (const hop of listOf(headers['x-forwarded-for']).reverse()) {
    const named = hop.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
    if (isIP(named) === 0) break;
    address = named;
    if (!isProxy(named)) break;
  }
  return { address, host: listOf(headers['x-forwarded-host']).at(-1) ?? headers.host };
}

function listOf(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
