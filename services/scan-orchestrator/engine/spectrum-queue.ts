import { setImmediate as nextTurn } from 'node:timers/promises';
import { orAborted } from '#shared/runtime/waiting';
import type { PendingSpectrum } from '../domain/measurement.ts';
import { chunkBytes, MAX_CHUNK_BYTES, spectrumOfChunks, type Chunk } from '../domain/sweep-spectra.ts';

/**
 * Computes the spectra of a sweep during the next one: on a slow computer those of a row take
 * seconds, and the rotor need not wait for them.
 */
export interface SpectrumQueue {
  /**
   * The spectrum of a cell, computed after those requested before. `dbmOffsetDb` undefined: levels
   * are dBFS.
   */
  compute(chunks: readonly [Chunk, ...Chunk[]], dbmOffsetDb: number | undefined): PendingSpectrum;
  /** Whether another `bytes` of chunks fit into memory now. */
  hasRoom(bytes: number): boolean;
  /** Waits for the queue unless `bytes` fit beside the chunks in it. */
  untilRoom(bytes: number, signal: AbortSignal): Promise<void>;
}

export function createSpectrumQueue(): SpectrumQueue {
  let last: Promise<unknown> = Promise.resolve();
  let queuedBytes = 0;
  const hasRoom = (bytes: number) => queuedBytes + bytes <= MAX_CHUNK_BYTES;

  return {
    compute(chunks, dbmOffsetDb) {
      const { band } = chunks[0].spectrum;
      const bytes = chunkBytes(chunks.length, band.flags.length);
      queuedBytes += bytes;
      // Reads arrive meanwhile, and leases need heartbeats.
      const computed = last
        .then(() => nextTurn())
        .then(() => spectrumOfChunks(chunks, dbmOffsetDb))
        .finally(() => (queuedBytes -= bytes));
      // The point log handles its failure, unless that of the sweep comes first.
      last = computed.catch(() => undefined);
      return { band, computed };
    },
    hasRoom,
    async untilRoom(bytes, signal) {
      if (!hasRoom(bytes)) await orAborted(last, signal);
    },
  };
}
