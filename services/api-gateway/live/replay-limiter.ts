import type { EventLoopScheduler } from '../http/event-loop-scheduler.ts';

const MAX_REPLAYS = 8;
// A client that does not read for this long gives up its slot.
const SEND_TIMEOUT_MS = 1_000;

/** Limits how many viewers read and send stored points at the same time. */
export interface ReplayLimiter {
  /**
   * Runs a step when a slot is free. The slot is held until the data are sent, at most for a
   * second.
   */
  step<T>(run: () => Promise<{ sent: Promise<void>; result: T }>): Promise<T>;
}

export function createReplayLimiter(scheduler: Pick<EventLoopScheduler, 'nextSlot'>): ReplayLimiter {
  const queue = new Set<() => void>();
  let running = 0;
  return {
    async step(run) {
      if (running >= MAX_REPLAYS) await new Promise<void>((resolve) => queue.add(resolve));
      else running++;
      let sent = Promise.resolve();
      try {
        await scheduler.nextSlot();
        const step = await run();
        ({ sent } = step);
        await orTimeout(sent, SEND_TIMEOUT_MS);
        return step.result;
      } finally {
        const [next] = queue;
        if (!next) running--;
        else {
          queue.delete(next);
          next();
        }
        await sent;
      }
    },
  };
}

async function orTimeout(promise: Promise<void>, ms: number): Promise<void> {
  let timeout: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => (timeout = setTimeout(resolve, ms)))]);
  clearTimeout(timeout);
}
