import { ApiError } from '#contract/client/api-error';
import { errorText, type Api } from './api.ts';
import type { Rotor } from '#contract/rest/rotors';
import type { Session } from '#contract/rest/sessions';
import { NEWEST_SESSIONS, ROTORS } from './paths.ts';
import { Repetition } from './repetition.ts';

const EVERY_MS = 4_000;

/**
 * Data that every page needs, polled every 4 s: the newest sessions, the rotors, and whether Sky
 * Scan can be reached.
 */
export class Overview {
  /** Newest first; undefined before the first response. */
  sessions = $state.raw<Session[] | undefined>();
  rotors = $state.raw<Rotor[] | undefined>();
  /** Why the last request failed; undefined if it succeeded. */
  connectionError = $state<string | undefined>();

  /** The running session, else a paused or pending one, else the newest. */
  readonly current = $derived(
    this.sessions?.find(({ status }) => status === 'running') ??
      this.sessions?.find(({ status }) => status === 'paused' || status === 'pending') ??
      this.sessions?.[0],
  );

  readonly #repetition: Repetition;

  constructor(api: Api) {
    this.#repetition = new Repetition(
      async (signal) => {
        const [sessions, rotors] = await Promise.all([
          api.get(NEWEST_SESSIONS, signal),
          api.get(ROTORS, signal),
        ]);
        this.sessions = sessions;
        this.rotors = rotors;
        this.connectionError = undefined;
      },
      EVERY_MS,
      (error) => {
        // A missing key is not a connection error; a dialog asks for it.
        this.connectionError =
          error instanceof ApiError && error.status === 401 ? undefined : errorText(error);
      },
    );
  }

  /** Polls immediately, for example after a change made on this page. */
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
