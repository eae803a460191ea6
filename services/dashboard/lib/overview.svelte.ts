import { ApiError } from '#contract/client/api-error';
import { sentenceOf, type Api } from './api.ts';
import type { Rotor } from '#contract/rest/rotors';
import type { Session } from '#contract/rest/sessions';
import { NEWEST_SESSIONS, ROTORS } from './paths.ts';
import { repeat, type Repetition } from './repeat.ts';

const EVERY_MS = 4_000;

/**
 * What every page wants to know: the newest sessions, the rotors, and whether Sky Scan can be
 * reached. Fresh within seconds.
 */
export class Overview {
  /** Newest first; undefined: not known yet. */
  sessions = $state.raw<Session[] | undefined>();
  rotors = $state.raw<Rotor[] | undefined>();
  /** Why it could not be asked last time, in words. */
  trouble = $state<string | undefined>();

  /** The session whose rotor moves, or is held; else the newest. */
  readonly current = $derived(
    this.sessions?.find(({ status }) => status === 'running') ??
      this.sessions?.find(({ status }) => status === 'paused' || status === 'pending') ??
      this.sessions?.[0],
  );

  readonly #repetition: Repetition;

  constructor(api: Api) {
    this.#repetition = repeat(async (signal) => {
      try {
        const [sessions, rotors] = await Promise.all([
          api.get<Session[]>(NEWEST_SESSIONS, signal),
          api.get<Rotor[]>(ROTORS, signal),
        ]);
        this.sessions = sessions;
        this.rotors = rotors;
        this.trouble = undefined;
      } catch (error) {
        if (signal.aborted) return;
        // A key is asked for by a dialog; that is no trouble of the connection.
        this.trouble = error instanceof ApiError && error.status === 401 ? undefined : sentenceOf(error);
        throw error;
      }
    }, EVERY_MS);
  }

  /** Asks at once: something has been changed from here. */
  refresh(): void {
    this.#repetition.now();
  }

  rotorName(id: number): string {
    return this.rotors?.find((rotor) => rotor.id === id)?.name ?? `rotor ${id}`;
  }

  close(): void {
    this.#repetition.stop();
  }
}
