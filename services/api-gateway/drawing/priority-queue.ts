// Number of small tasks that may overtake a waiting large one.
const MAX_OVERTAKING = 8;

/**
 * Runs tasks one at a time. Small tasks go before large ones, each kind in order; a large task is
 * never starved.
 */
export function createPriorityQueue(): <T>(isSmall: boolean, task: () => Promise<T>) => Promise<T> {
  const small: (() => void)[] = [];
  const large: (() => void)[] = [];
  let running = false;
  let ahead = 0;

  function next(): void {
    const overtakes = small.length > 0 && (large.length === 0 || ahead < MAX_OVERTAKING);
    ahead = overtakes && large.length > 0 ? ahead + 1 : 0;
    const start = (overtakes ? small : large).shift();
    if (start) start();
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
