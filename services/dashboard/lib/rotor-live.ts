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

const RETRY_MS = 5_000;
const CLOSE_UNKNOWN = 4404;

/** Follows a rotor until it is closed; `tell` gets every state, and undefined when it is no longer known. */
export function followRotor(
  id: number,
  source: RotorSource,
  timing: Timing,
  tell: (state: RotorMessage | undefined) => void,
): () => void {
  const ending = new AbortController();
  let turn = new AbortController();

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
        hear: (text) => tell(JSON.parse(text) as RotorMessage),
        lost: (code) => end(code !== CLOSE_UNKNOWN),
      });
      signal.addEventListener('abort', dropped);
    });
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      turn = new AbortController();
      if (!(await connection(turn.signal))) return;
      if (turn.signal.aborted) continue;
      tell(undefined);
      await timing.sleep(RETRY_MS * (0.5 + 0.5 * timing.random()), turn.signal);
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
