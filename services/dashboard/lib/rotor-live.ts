import { CLOSE } from '#contract/live/close-codes';
import { readRotorMessage } from '#contract/live/read-message';
import type { RotorMessage } from '#contract/live/rotor-messages';
import type { Api } from './api.ts';
import type { Timing } from './page-timing.ts';
import { listen, type Follower } from './session-source.ts';

/** Where the position of a rotor comes from. */
export interface RotorSource {
  follow(id: number, follower: Follower): () => void;
}

export function rotorSource(api: Api): RotorSource {
  return {
    follow: (id, follower) => listen(api.socket(`/ws/rotors/${id}`), follower),
  };
}

interface RotorFollower {
  onPosition(position: RotorMessage): void;
  /** `gone`: there is no such rotor; nothing more comes. */
  onState(state: 'live' | 'lost' | 'gone'): void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * Follows the position of a rotor, and connects again when the connection is lost. Returns what
 * ends it.
 */
export function followRotor(
  id: number,
  source: RotorSource,
  timing: Timing,
  follower: RotorFollower,
): () => void {
  const ending = new AbortController();
  const isOver = () => ending.signal.aborted;
  let turn = new AbortController();
  let waitMs = FIRST_WAIT_MS;

  /** Resolves with whether there is such a rotor. */
  function connection(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (known: boolean) => {
        signal.removeEventListener('abort', dropped);
        leave();
        resolve(known);
      };
      const dropped = () => end(true);
      const leave = source.follow(id, {
        hear(data) {
          const position = readRotorMessage(data, id);
          if (!position) return;
          waitMs = FIRST_WAIT_MS;
          follower.onState('live');
          follower.onPosition(position);
        },
        lost: (code) => end(code !== CLOSE.unknown),
      });
      signal.addEventListener('abort', dropped);
    });
  }

  async function run(): Promise<void> {
    while (!isOver()) {
      turn = new AbortController();
      const known = await connection(turn.signal);
      if (isOver()) return;
      if (!known) {
        follower.onState('gone');
        return;
      }
      if (turn.signal.aborted) continue;
      follower.onState('lost');
      const longestMs = waitMs;
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
      // Half of it is chance: pages that lost the same server do not come back all at once.
      await timing.sleep(longestMs * (0.5 + 0.5 * timing.random()), turn.signal);
    }
  }

  const forgetWake = timing.onWake(() => turn.abort());
  void run();
  return () => {
    ending.abort();
    turn.abort();
    forgetWake();
  };
}
