import { SkyScanError, errorMessage } from '#shared/base/errors';
import { VERSION } from '#shared/runtime/version';

/** What a server said about the document, for the next request (RFC 9110, 13). */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

/** The server has answered with something else. */
export class RefusedError extends SkyScanError {}

const MAX_REASON = 200;

/**
 * Requests a document; undefined: it has not changed. Throws `unavailable` without an answer, and
 * `RefusedError` for another status.
 */
export async function fetchElements(
  url: string,
  known: Validators,
  signal: AbortSignal,
): Promise<{ body: AsyncIterable<Buffer>; validators: Validators } | undefined> {
  const response = await fetch(url, {
    headers: {
      'user-agent': `sky-scan/${VERSION}`,
      ...(known.etag !== undefined && { 'if-none-match': known.etag }),
      ...(known.lastModified !== undefined && { 'if-modified-since': known.lastModified }),
    },
    signal,
  }).catch((error: unknown) => {
    const { cause = error } = error as { cause?: unknown };
    throw new SkyScanError('unavailable', `no answer: ${errorMessage(cause)}`, { cause: error });
  });
  if (response.status === 304) {
    await response.body?.cancel();
    return undefined;
  }
  if (!response.ok || !response.body) {
    const reason = (await firstText(response)).replace(/\s+/g, ' ').trim();
    throw new RefusedError('unavailable', `status ${response.status}${reason === '' ? '' : `: ${reason}`}`);
  }
  const etag = response.headers.get('etag') ?? undefined;
  const lastModified = response.headers.get('last-modified') ?? undefined;
  return {
    body: chunksOf(response.body),
    validators: { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) },
  };
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of body) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** The beginning of an answer; the rest is not read. */
async function firstText({ body }: Response): Promise<string> {
  if (!body) return '';
  for await (const chunk of body as ReadableStream<Uint8Array>)
    return new TextDecoder().decode(chunk).slice(0, MAX_REASON);
  return '';
}
