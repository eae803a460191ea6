import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { pack, type Headers, type Pack } from 'tar-stream';

export interface SigmfRecording {
  /** Base name of the files. */
  name: string;
  mtime: Date;
  /** Number of bytes of the samples. */
  bytes: number;
  iq: AsyncIterable<Uint8Array>;
  /** The metadata of samples with this hash. */
  metadataOf: (sha512: string) => object;
}

/**
 * A SigMF archive: a tar file with one recording. The samples come first, because the metadata has
 * their hash: so they need not be in memory.
 */
export async function* sigmfArchive(recording: SigmfRecording): AsyncGenerator<Buffer> {
  const archive = pack();
  const left = new AbortController();
  // Ends the iteration with the error.
  const writing = write(archive, recording, left.signal).catch((error: unknown) =>
    archive.destroy(error as Error),
  );
  try {
    for await (const chunk of archive) yield chunk;
  } finally {
    left.abort();
    await writing;
  }
}

async function write(
  archive: Pack,
  { name, mtime, bytes, iq, metadataOf }: SigmfRecording,
  signal: AbortSignal,
): Promise<void> {
  const hash = createHash('sha512');
  const data = entryOf(archive, { name: `${name}/${name}.sigmf-data`, mtime, size: bytes });
  let written = 0;
  for await (const block of iq) {
    written += block.length;
    hash.update(block);
    if (!data.write(block)) await once(data, 'drain', { signal });
  }
  if (written !== bytes) throw new Error(`the recording has ${written} bytes instead of ${bytes}`);
  await end(data, signal);
  const metadata = Buffer.from(`${JSON.stringify(metadataOf(hash.digest('hex')), undefined, 2)}\n`);
  const meta = entryOf(archive, { name: `${name}/${name}.sigmf-meta`, mtime, size: metadata.length });
  meta.write(metadata);
  await end(meta, signal);
  archive.finalize();
}

function entryOf(archive: Pack, header: Headers): Writable {
  // An error of the archive also reaches its entry, where it would be unhandled.
  return archive.entry(header).on('error', () => undefined);
}

async function end(entry: Writable, signal: AbortSignal): Promise<void> {
  const finished = once(entry, 'finish', { signal });
  entry.end();
  await finished;
}
