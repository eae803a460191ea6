import { Worker } from 'node:worker_threads';
import type { Semaphore } from 'async-mutex';
import { SkyScanError } from '#shared/base/errors';
import { siblingProgram } from '#shared/runtime/sibling-program';
import type { KnownKind } from '../domain/identification/known-records.ts';
import type { KnownSet } from '../domain/identification/known-set-reader.ts';
import { createAsk } from './ask-thread.ts';
import type { ReadQuestion, ReadResult } from './messages.ts';

/** Reads sets of known objects in threads, so that the event loop stays free. */
export interface ReadThreads {
  /**
   * Reads chunks of UTF-8 as they arrive. Waits until a thread is free; `signal` ends it. Throws
   * `no_room` as soon as a limit is exceeded, `invalid` without a usable record.
   */
  read(
    kind: KnownKind,
    parts: AsyncIterable<Exclude<ReadQuestion, { end: true }>>,
    signal: AbortSignal,
  ): Promise<KnownSet>;
}

const PROGRAM = siblingProgram(import.meta.url, 'read-thread');

/** `slots`: threads that run at once. */
export function createReadThreads(slots: Semaphore): ReadThreads {
  return {
    async read(kind, parts, signal) {
      const [, release] = await slots.acquire();
      const thread = new Worker(PROGRAM.url, { workerData: kind, execArgv: PROGRAM.execArgv });
      const ask = createAsk<ReadQuestion, ReadResult>(thread, signal);
      try {
        for await (const part of parts) await ask(part);
        const set = await ask({ end: true });
        if (!set) throw new SkyScanError('internal', 'the thread has not answered the last question');
        return set;
      } finally {
        await thread.terminate();
        release();
      }
    },
  };
}
