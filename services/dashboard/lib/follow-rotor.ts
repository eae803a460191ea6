import { CLOSE } from '#contract/live/close-codes';
import { readRotorMessage } from '#contract/live/read-message';
import type { RotorMessage } from '#contract/live/rotor-messages';
import type { Api } from './api.ts';
import { backoffMs } from './backoff.ts';
import type { Timing } from './page-timing.ts';
import { listenToSocket, type SocketListener } from './session-source.ts';

/** Source of the positions of a rotor. */
export interface RotorSource {
  follow(id: number, listener: SocketListener): () => void;
}

export function rotorSource(api: Api): RotorSource {
  return {
    follow: (id, listener) => listenToSocket(api.socket(`/ws/rotors/${id}`), listener),
  };
}

interface RotorListener {
  onPosition(position: RotorMessage): void;
  /** `gone`: the rotor does not exist; the follower stops. */
  onState(state: 'live' | 'lost' | 'gone'): void;
}

const MAX_WAIT_MS = 10_000;

/**
 * Reports the position of a rotor and reconnects when the connection is lost. Returns a function
 * that stops it.
 */
export function followRotor(
  id: number,
  source: RotorSource,
  timing: Timing,
  listener: RotorListener,
): () => void {
  const ending = new AbortController();
  const isOver = () => ending.signal.aborted;
  let attempt = new AbortController();
  let failures = 0;

  /** Resolves when the connection ends; false if the rotor does not exist. */
  function connection(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (known: boolean) => {
        signal.removeEventListener('abort', dropped);
        leave();
        resolve(known);
      };
      const dropped = () => end(true);
      const leave = source.follow(id, {
        onMessage(data) {
          const position = readRotorMessage(data, id);
          if (!position) return;
          failures = 0;
          listener.onState('live');
          listener.onPosition(position);
        },
        onClose: (code) => end(code !== CLOSE.unknown),
      });
      signal.addEventListener('abort', dropped);
    });
  }

  async function run(): Promise<void> {
    while (!isOver()) {
      attempt = new AbortController();
      const known = await connection(attempt.signal);
      if (isOver()) return;
      if (!known) {
        listener.onState('gone');
        return;
      }
      if (attempt.signal.aborted) continue;
      listener.onState('lost');
      const waitMs = backoffMs(failures++, MAX_WAIT_MS, timing.random());
      await timing.sleep(waitMs, attempt.signal);
    }
  }

  const stopWaking = timing.onWake(() => attempt.abort());
  void run();
  return () => {
    ending.abort();
    attempt.abort();
    stopWaking();
  };
}
