import { sleep } from '#shared/runtime/waiting';

export interface PatrolDuties {
  /** Whether somebody wants the rotor to be looked at now. */
  wanted: () => boolean;
  /** Reads the position once. */
  look: (signal: AbortSignal) => Promise<'calm' | 'moving'>;
  life: AbortSignal;
}

/**
 * Looks at a rotor that nobody moves: once a second, quicker while it moves all the same, never
 * when nobody wants to know.
 */
export interface Patrol {
  /** Something has changed: perhaps looks are wanted now. */
  wake(): void;
}

const CALM_MS = 1_000;
const MOVING_MS = 250;

export function startPatrol({ wanted, look, life }: PatrolDuties): Patrol {
  let walking = false;

  async function walk(): Promise<void> {
    while (wanted() && !life.aborted) {
      // Out of reach is for those who watch to know (they are told by the readings); the next look
      // may succeed.
      const state = await look(life).catch(() => 'calm' as const);
      await sleep(state === 'moving' ? MOVING_MS : CALM_MS, life).catch(() => undefined);
    }
  }

  return {
    wake() {
      if (walking || life.aborted) return;
      walking = true;
      void walk().finally(() => {
        walking = false;
        if (wanted()) this.wake();
      });
    },
  };
}
