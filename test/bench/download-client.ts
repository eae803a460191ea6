import { get } from 'node:http';

// download-client.ts URL: reads and discards a response; reports the times of its first byte and
// its end, and its size.

/** Result of a download. */
export interface Download {
  status: number;
  /** From the request to the first byte of the body. */
  firstByteMs: number;
  totalMs: number;
  bytes: number;
}

const from = performance.now();
get(process.argv[2] ?? '', { agent: false }, (response) => {
  let firstByteMs = NaN;
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    if (bytes === 0) firstByteMs = performance.now() - from;
    bytes += chunk.length;
  });
  response.on('end', () => {
    const { statusCode: status = 0 } = response;
    const download: Download = { status, firstByteMs, totalMs: performance.now() - from, bytes };
    process.send?.(download, () => process.disconnect());
  });
});
