import { HttpError } from './errors.ts';
import type { EventLoopScheduler } from './event-loop-scheduler.ts';

/** Limits for responses of hundreds of megabytes. */
export interface BulkLimits {
  /** Concurrent streams. */
  streams: number;
  /** Requests that wait for a stream to end. */
  waiting: number;
  waitMs: number;
  /** A stream ends when the client has read nothing for this long. */
  stallMs: number;
}

const BULK_LIMITS: BulkLimits = { streams: 6, waiting: 64, waitMs: 20_000, stallMs: 30_000 };

// Maximum size written per iteration of the event loop.
const CHUNK_BYTES = 65_536;
const RETRY_AFTER_S = 10;

/** Shares the gateway between bulk streams and other work. */
export interface BulkStreams {
  /**
   * Resolves with a function that releases the slot. Throws 503 if there are too many streams, and
   * the signal's reason.
   */
  enter(signal: AbortSignal): Promise<() => void>;
  /**
   * Splits the chunks into pieces, one per iteration of the event loop. Calls `onStalled` if the
   * client stops reading.
   */
  paced(chunks: AsyncIterable<string | Buffer>, onStalled: () => void): AsyncGenerator<Buffer>;
}

export function createBulkStreams(
  scheduler: Pick<EventLoopScheduler, 'nextSlot'>,
  limits: BulkLimits = BULK_LIMITS,
): BulkStreams {
  const queue = new Set<() => void>();
  let streams = 0;

  function releaseOnce(): () => void {
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      const [next] = queue;
      if (next) next();
      else streams--;
    };
  }

  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (streams < limits.streams) streams++;
      else await waitForSlot(signal);
      return releaseOnce();
    },
    async *paced(chunks, onStalled) {
      for await (const chunk of chunks) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
          await scheduler.nextSlot();
          // The next piece is requested when the client has read this one.
          const stalled = setTimeout(onStalled, limits.stallMs);
          try {
            yield bytes.subarray(start, start + CHUNK_BYTES);
          } finally {
            clearTimeout(stalled);
          }
        }
      }
    },
  };

  function waitForSlot(signal: AbortSignal): Promise<void> {
    if (queue.size >= limits.waiting) throw tooMany(limits.streams, `and ${queue.size} requests are waiting`);
    return new Promise((resolve, reject) => {
      const cleanUp = () => {
        queue.delete(enter);
        clearTimeout(timeout);
        signal.removeEventListener('abort', onAbort);
      };
      const enter = () => {
        cleanUp();
        resolve();
      };
      const onAbort = () => {
        cleanUp();
        reject(signal.reason as Error);
      };
      const timeout = setTimeout(() => {
        cleanUp();
        reject(tooMany(limits.streams, `and none ended for ${limits.waitMs / 1000} s`));
      }, limits.waitMs);
      signal.addEventListener('abort', onAbort);
      queue.add(enter);
    });
  }
}

function tooMany(streams: number, reason: string): HttpError {
  return new HttpError(
    503,
    `${streams} downloads are running, which is the limit, ${reason}; try again later`,
    {
      retryAfterS: RETRY_AFTER_S,
    },
  );
}
