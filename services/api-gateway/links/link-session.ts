import { once } from 'node:events';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { SkyScanError } from '#shared/base/errors';
import { HELLO_PATH, helloSchema, VERDICT_PATH, type Hello, type Verdict } from '#shared/link/protocol';
import { readText } from '#shared/link/streams';
import { orAborted, sleep } from '#shared/runtime/waiting';
import type { Link } from './site-links.ts';

const ANSWER_MS = 5_000;
const ALIVE_MS = 1_000;

/** What the site at the other end says about itself. Throws when it does not answer. */
export async function askWho(session: ClientHttp2Session): Promise<Hello> {
  const stream = session.request({ ':method': 'GET', ':path': HELLO_PATH });
  return helloSchema.parse(JSON.parse(await answerOf(stream)));
}

/** Throws when the site does not take note. */
export async function tellVerdict(session: ClientHttp2Session, verdict: Verdict): Promise<void> {
  const stream = session.request({ ':method': 'POST', ':path': VERDICT_PATH }, { endStream: false });
  stream.end(JSON.stringify(verdict));
  await answerOf(stream);
}

export function linkOver(session: ClientHttp2Session, from: string, gateway: string): Link {
  return {
    from,
    async isAlive() {
      if (session.destroyed) return false;
      const answered = new Promise<boolean>((resolve) => {
        if (!session.ping((error) => resolve(error === null))) resolve(false);
      });
      return Promise.race([answered, sleep(ALIVE_MS).then(() => false)]);
    },
    openService(service) {
      const stream = session.request({ ':method': 'CONNECT', ':authority': service }, { endStream: false });
      stream.on('error', () => undefined); // it closes, too
      stream.once('response', (headers: IncomingHttpHeaders) => {
        if (Number(headers[':status']) !== 200) stream.close();
      });
      return stream;
    },
    refuse(reason) {
      if (session.destroyed) return;
      tellVerdict(session, { gateway, refusal: reason })
        .catch(() => undefined)
        .finally(() => session.destroy());
    },
    ended: session.destroyed
      ? Promise.resolve()
      : new Promise((resolve) => void session.once('close', () => resolve())),
  };
}

async function answerOf(stream: ClientHttp2Stream): Promise<string> {
  const tooLate = AbortSignal.timeout(ANSWER_MS);
  stream.on('error', () => undefined);
  try {
    const [headers] = (await once(stream, 'response', { signal: tooLate })) as [IncomingHttpHeaders];
    const text = await orAborted(readText(stream), tooLate);
    const status = Number(headers[':status']);
    if (status >= 300) throw new SkyScanError('unavailable', `the site answers ${status}: ${text}`);
    return text;
  } catch (error) {
    stream.destroy();
    if (tooLate.aborted) throw new SkyScanError('timeout', 'the site does not answer');
    throw error;
  }
}
