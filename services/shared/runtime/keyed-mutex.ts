import { Mutex } from 'async-mutex';

/** Runs tasks with the same key one at a time, in the order of the calls. */
export type KeyedMutex = <T>(key: number, task: () => Promise<T>) => Promise<T>;

export function createKeyedMutex(): KeyedMutex {
  const lanes = new Map<number, { mutex: Mutex; waiting: number }>();
  return async (key, task) => {
    const lane = lanes.get(key) ?? { mutex: new Mutex(), waiting: 0 };
    lanes.set(key, lane);
    lane.waiting++;
    try {
      return await lane.mutex.runExclusive(task);
    } finally {
      if (--lane.waiting === 0) lanes.delete(key);
    }
  };
}
