import { performServerHandshake, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { errorMessage, SkyScanError } from '#shared/base/errors';
import { endWhenSilent } from '#shared/link/ping';
import { HELLO_PATH, VERDICT_PATH, verdictSchema, type Hello, type Verdict } from '#shared/link/protocol';
import { joinStreams, readText } from '#shared/link/streams';

export interface LinkParts {
  hello: Hello;
  /** A connection to a service of this site. Throws with the reason. */
  connect: (service: string) => Promise<Duplex>;
  onLinked: (gateway: string) => void;
  signal: AbortSignal;
}

const VERDICT_MS = 10_000;

/**
 * Serves the gateway at the other end of `socket`. Resolves with the reason when the link ends;
 * throws if the gateway does not accept this site.
 */
export function serveLink(socket: Duplex, { hello, connect, onLinked, signal }: LinkParts): Promise<string> {
  const session = performServerHandshake(socket, {});
  endWhenSilent(session);
  return new Promise((resolve, reject) => {
    let isLinked = false;
    let fault: string | undefined;
    const refuse = (reason: string) => {
      reject(new SkyScanError('unavailable', reason));
      session.destroy();
    };
    const tooLate = setTimeout(refuse, VERDICT_MS, 'the gateway does not say whether it accepts this site');
    const onAbort = () => session.destroy();
    signal.addEventListener('abort', onAbort);
    session.on('error', (error) => (fault ??= errorMessage(error)));
    socket.on('error', (error: Error) => (fault ??= errorMessage(error)));
    session.once('close', () => {
      clearTimeout(tooLate);
      signal.removeEventListener('abort', onAbort);
      if (isLinked) resolve(fault ?? 'the gateway closed the link or does not answer');
      else refuse(`the gateway closed the link before it accepted this site: ${fault ?? NOT_ACCEPTED}`);
    });

    async function readVerdict(stream: ServerHttp2Stream): Promise<void> {
      const { gateway, refusal }: Verdict = verdictSchema.parse(JSON.parse(await readText(stream)));
      stream.respond({ ':status': 204 }, { endStream: true });
      clearTimeout(tooLate);
      if (refusal !== undefined) {
        reject(new SkyScanError('unavailable', `gateway ${gateway} refuses this site: ${refusal}`));
        session.close();
        return;
      }
      isLinked = true;
      onLinked(gateway);
    }

    session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      stream.on('error', () => undefined);
      const { ':method': method, ':path': path } = headers;
      if (method === 'CONNECT') void openService(stream, headers[':authority'] ?? '', connect);
      else if (method === 'GET' && path === HELLO_PATH) answer(stream, 200, JSON.stringify(hello));
      else if (method === 'POST' && path === VERDICT_PATH)
        readVerdict(stream).catch((error: unknown) => answer(stream, 400, errorMessage(error)));
      else answer(stream, 404, `no ${method} ${path}`);
    });
  });
}

const NOT_ACCEPTED = 'check that the certificate in LINK_TLS_CERT is of the authority that it expects';

async function openService(
  stream: ServerHttp2Stream,
  service: string,
  connect: LinkParts['connect'],
): Promise<void> {
  try {
    const connection = await connect(service);
    if (stream.destroyed) {
      connection.destroy();
      return;
    }
    stream.respond({ ':status': 200 });
    joinStreams(stream, connection);
  } catch (error) {
    answer(stream, 502, errorMessage(error));
  }
}

function answer(stream: ServerHttp2Stream, status: number, text: string): void {
  if (stream.destroyed || stream.headersSent) return;
  stream.respond({ ':status': status });
  stream.end(text);
}
