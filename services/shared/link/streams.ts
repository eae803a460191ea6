import { pipeline, type Duplex } from 'node:stream';

/** Copies bytes both ways. When one side ends or fails, so does the other. */
export function joinStreams(a: Duplex, b: Duplex): void {
  pipeline(a, b, () => undefined);
  pipeline(b, a, () => undefined);
}

/** Reads a short text. Rejects when it is longer than `maxBytes`. */
export async function readText(stream: AsyncIterable<Buffer>, maxBytes = 8_192): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    bytes += part.length;
    if (bytes > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
