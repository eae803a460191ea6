// Small tasks that may go before a large one that waits.
const MAX_OVERTAKING = 8;

/**
 * Runs tasks one at a time, each lane in the order they came; small ones go first, but a large one
 * does not wait for ever.
 */
export function createPriorityQueue(): <T>(isSmall: boolean, task: () => Promise<T>) => Promise<T> {
  const small: (() => void)[] = [];
  const large: (() => void)[] = [];
  let running = false;
  let ahead = 0;

  function next(): void {
    const overtakes = small.length > 0 && (large.length === 0 || ahead < MAX_OVERTAKING);
    ahead = overtakes && large.length > 0 ? ahead + 1 : 0;
    const turn = (overtakes ? small : large).shift();
    if (turn) turn();
    else running = false;
  }

  return async (isSmall, task) => {
    if (running) await new Promise<void>((resolve) => (isSmall ? small : large).push(resolve));
    running = true;
    try {
      return await task();
    } finally {
      next();
    }
  };
}
