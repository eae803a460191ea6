import { Mutex } from 'async-mutex';
import { SkyScanError } from '#shared/base/errors';
import { orAborted } from '#shared/runtime/waiting';

const MAX_WAITING = 64;

/** Runs tasks one after the other in the order they came; throws `no_room` when too many wait. */
export function createBoundedMutex(): <T>(signal: AbortSignal, task: () => Promise<T>) => Promise<T> {
  const mutex = new Mutex();
  let waiting = 0;
  return async (signal, task) => {
    if (waiting >= MAX_WAITING)
      throw new SkyScanError(
        'no_room',
        `${waiting} requests are waiting for the receiver; at most ${MAX_WAITING} may`,
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
