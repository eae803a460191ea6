import { HttpError } from './errors.ts';
import type { EventLoopScheduler } from './event-loop-scheduler.ts';

/** Bounds on answers that may be hundreds of megabytes. */
export interface BulkLimits {
  /** Streams at once. */
  streams: number;
  /** Requests that wait for one of them to end. */
  waiting: number;
  waitMs: number;
  /** A stream of which the client takes nothing for so long ends. */
  stallMs: number;
}

const BULK_LIMITS: BulkLimits = { streams: 6, waiting: 64, waitMs: 20_000, stallMs: 30_000 };

// What is written in one turn of the event loop, at most.
const CHUNK_BYTES = 65_536;
const RETRY_AFTER_S = 10;

/** Shares the gateway between bulk streams and everything else. */
export interface BulkStreams {
  /**
   * Resolves with what ends the stream. Throws 503 when there are too many, and the signal's
   * reason.
   */
  enter(signal: AbortSignal): Promise<() => void>;
  /**
   * The same chunks in pieces, one a turn of the event loop. `onStalled` is called when the client
   * takes nothing for a while.
   */
  paced(chunks: AsyncIterable<string | Buffer>, onStalled: () => void): AsyncGenerator<Buffer>;
}

export function createBulkStreams(scheduler: Pick<EventLoopScheduler, 'nextSlot'>, limits: BulkLimits = BULK_LIMITS): BulkStreams {
  const line = new Set<() => void>();
  let streams = 0;

  function leaveOnce(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const [next] = line;
      if (next) next();
      else streams--;
    };
  }

  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (streams < limits.streams) streams++;
      else await turn(signal);
      return leaveOnce();
    },
    async *paced(chunks, onStalled) {
      // The next piece is asked for when the client has taken the one before.
      const stalled = setTimeout(onStalled, limits.stallMs);
      try {
        for await (const chunk of chunks) {
          const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
          for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
            await scheduler.nextSlot();
            stalled.refresh();
            yield bytes.subarray(start, start + CHUNK_BYTES);
          }
        }
      } finally {
        clearTimeout(stalled);
      }
    },
  };

  function turn(signal: AbortSignal): Promise<void> {
    if (line.size >= limits.waiting) throw tooMany(limits.streams, `and ${line.size} requests wait`);
    return new Promise((resolve, reject) => {
      const end = () => {
        line.delete(mine);
        clearTimeout(timeout);
        signal.removeEventListener('abort', onAbort);
      };
      const mine = () => {
        end();
        resolve();
      };
      const onAbort = () => {
        end();
        reject(signal.reason as Error);
      };
      const timeout = setTimeout(() => {
        end();
        reject(tooMany(limits.streams, `and none ended for ${limits.waitMs / 1000} s`));
      }, limits.waitMs);
      signal.addEventListener('abort', onAbort);
      line.add(mine);
    });
  }
}

function tooMany(streams: number, why: string): HttpError {
  return new HttpError(503, `${streams} downloads are running, the most at once, ${why}; try again later`, {
    retryAfterS: RETRY_AFTER_S,
  });
}
