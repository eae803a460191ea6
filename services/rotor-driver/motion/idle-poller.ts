import { sleep } from '#shared/runtime/waiting';

export interface IdlePollerOptions {
  /** Whether the rotor should be polled now. */
  isWanted: () => boolean;
  /** Reads the position once. */
  readOnce: (signal: AbortSignal) => Promise<'still' | 'moving'>;
  life: AbortSignal;
}

/**
 * Polls the position of a rotor that Sky Scan does not move, once a second, faster while the
 * position changes. Polls only while `isWanted` is true.
 */
export interface IdlePoller {
  /** Re-evaluates `isWanted` and starts polling if it is true. */
  wake(): void;
}

const STILL_MS = 1_000;
const MOVING_MS = 250;

export function startIdlePoller({ isWanted, readOnce, life }: IdlePollerOptions): IdlePoller {
  let polling = false;

  async function poll(): Promise<void> {
    while (isWanted() && !life.aborted) {
      // Watchers receive the failure from the readings; the next poll may succeed.
      const state = await readOnce(life).catch(() => 'still' as const);
      await sleep(state === 'moving' ? MOVING_MS : STILL_MS, life).catch(() => undefined);
    }
  }

  return {
    wake() {
      if (polling || life.aborted) return;
      polling = true;
      void poll().finally(() => {
        polling = false;
        if (isWanted()) this.wake();
      });
    },
  };
}
