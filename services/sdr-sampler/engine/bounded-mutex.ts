import { Mutex } from 'async-mutex';
import { SkyScanError } from '#shared/base/errors';
import { orAborted } from '#shared/runtime/waiting';

const MAX_WAITING = 64;

/**
 * Runs tasks one at a time in the order of the calls; throws `no_room` when too many are waiting.
 */
export function createBoundedMutex(): <T>(signal: AbortSignal, task: () => Promise<T>) => Promise<T> {
  const mutex = new Mutex();
  let waiting = 0;
  return async (signal, task) => {
    if (waiting >= MAX_WAITING)
      throw new SkyScanError(
        'no_room',
        `${waiting} requests are waiting for the receiver; the limit is ${MAX_WAITING}`,
      );
    waiting++;
    const turn = mutex
      .runExclusive(async () => {
        signal.throwIfAborted();
        return await task();
      })
      .finally(() => waiting--);
    return await orAborted(turn, signal);
  };
}
