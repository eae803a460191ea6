import { Mutex } from 'async-mutex';
import { SkyScanError } from '#shared/base/errors';
import { orAborted } from '#shared/runtime/waiting';

const MOST_WAITING = 64;

/** Runs tasks one after the other in the order they came; throws `no_room` when too many wait. */
export function createTurns(): <T>(signal: AbortSignal, task: () => Promise<T>) => Promise<T> {
  const mutex = new Mutex();
  let waiting = 0;
  return async (signal, task) => {
    if (waiting >= MOST_WAITING)
      throw new SkyScanError(
        'no_room',
        `${waiting} requests are waiting for the receiver; at most ${MOST_WAITING} may`,
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
