/** A wait that can be cut short. `wake` without a pending wait ends the next one at once. */
export interface WakeableTimer {
  wake(): void;
  wait(ms: number): Promise<void>;
}

export function createWakeableTimer(): WakeableTimer {
  let wake: (() => void) | undefined;
  let isWoken = false;
  return {
    wake() {
      isWoken = true;
      wake?.();
    },
    async wait(ms) {
      if (!isWoken) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          timer = setTimeout(resolve, ms);
        });
        clearTimeout(timer);
        wake = undefined;
      }
      isWoken = false;
    },
  };
}
