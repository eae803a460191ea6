import type { Turns } from '../http/turns.ts';

const REPLAYS = 8;
// A client that takes nothing for so long waits outside: others are served meanwhile.
const PATIENCE_MS = 1_000;

/**
 * Lets viewers catch up by turns: as many read and send stored points at once, however many viewers
 * there are.
 */
export interface Replays {
  /**
   * Runs a step when it is its turn. It resolves with what is sent, which the next one waits for
   * some time only.
   */
  step<T>(run: () => Promise<{ sent: Promise<void>; result: T }>): Promise<T>;
}

export function createReplays(turns: Pick<Turns, 'next'>): Replays {
  const line = new Set<() => void>();
  let running = 0;
  return {
    async step(run) {
      if (running >= REPLAYS) await new Promise<void>((resolve) => line.add(resolve));
      else running++;
      let sent = Promise.resolve();
      try {
        await turns.next();
        const step = await run();
        ({ sent } = step);
        await orTimeout(sent, PATIENCE_MS);
        return step.result;
      } finally {
        const [next] = line;
        if (!next) running--;
        else {
          line.delete(next);
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
