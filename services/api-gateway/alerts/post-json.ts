import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { SkyScanError } from '#shared/base/errors';
import { VERSION } from '#shared/runtime/version';
import { endpointOf, type ResolveChannel } from './channel-addresses.ts';

/**
 * Posts JSON to an address that is checked first, and connects to the checked address. Throws when
 * the answer is not 2xx: no redirect is followed, and nothing that the server sent is in the
 * message. The body of the answer is not read.
 */
export async function postJson(
  url: string,
  body: string,
  headers: Record<string, string>,
  { resolve, signal }: { resolve: ResolveChannel; signal: AbortSignal },
): Promise<void> {
  const { host, port } = endpointOf(url);
  const addresses = await resolve(host, port);
  signal.throwIfAborted();
  const status = await new Promise<number>((done, reject) => {
    const request = url.startsWith('https:') ? httpsRequest : httpRequest;
    const outgoing = request(
      url,
      {
        method: 'POST',
        agent: false,
        signal,
        maxHeaderSize: 16_384,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': `sky-scan/${VERSION}`,
          ...headers,
        },
        // The name is not resolved again: a second answer could be another address.
        lookup: (_host, options, found) => {
          const all = addresses.map((address) => ({ address, family: isIP(address) }));
          if (options.all) found(null, all);
          else found(null, all[0]?.address ?? '', all[0]?.family);
        },
      },
      (response) => {
        done(response.statusCode ?? 0);
        outgoing.destroy();
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new SkyScanError('unavailable', `${host}:${port} does not answer: ${codeOf(error)}`, {
      cause: error,
    });
  });
  if (status >= 300 && status < 400)
    throw new SkyScanError('unavailable', `${host}:${port} answered ${status}: redirects are not followed`);
  if (status < 200 || status >= 300)
    throw new SkyScanError('unavailable', `${host}:${port} answered ${status}`);
}

/** The code of a network error; messages may contain what the peer sent. */
function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : 'unknown error';
}
