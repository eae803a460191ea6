import { Worker } from 'node:worker_threads';
import type { Semaphore } from 'async-mutex';
import { siblingProgram } from '#shared/runtime/sibling-program';
import type { MaskColumns, MaskedBand, PointCodes } from '../domain/mask-points.ts';
import { createAsk } from './ask-thread.ts';
import type { MaskQuestion } from './messages.ts';

/** Computes masks in threads, so that the event loop stays free. */
export interface MaskThreads {
  /**
   * The masks of a band in order. Waits until a thread is free; `signal` ends it. Throws `invalid`
   * for points that do not have the size of the band.
   */
  mask(
    band: MaskedBand,
    points: AsyncIterable<PointCodes>,
    signal: AbortSignal,
  ): AsyncGenerator<MaskColumns, void>;
}

const PROGRAM = siblingProgram(import.meta.url, 'mask-thread');

/** `slots`: threads that run at once. */
export function createMaskThreads(slots: Semaphore): MaskThreads {
  return {
    async *mask(band, points, signal) {
      const [, release] = await slots.acquire();
      const thread = new Worker(PROGRAM.url, { workerData: band, execArgv: PROGRAM.execArgv });
      const ask = createAsk<MaskQuestion, MaskColumns>(thread, signal);
      try {
        for await (const codes of points) {
          const masks = await ask({ points: codes });
          if (masks.meanDb.length > 0) yield masks;
        }
        yield await ask({ end: true });
      } finally {
        await thread.terminate();
        release();
      }
    },
  };
}
