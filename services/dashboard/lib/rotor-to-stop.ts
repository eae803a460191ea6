import type { Rotor } from '#contract/rest/rotors';
import type { Session } from '#contract/rest/sessions';
import { findPage } from '#contract/page-addresses';
import { hasEnded } from '#contract/session-status';

type Known = Pick<Session, 'id' | 'rotor_id' | 'status'>;

/**
 * The rotor that the Stop button stops: the selected one, else that of the current page, else that
 * of an active scan, else the first. `path`: path of the page, such as `station/rotors/2`.
 */
export function rotorToStop(
  rotors: Pick<Rotor, 'id'>[],
  sessions: Known[],
  chosen: number | undefined,
  path: string,
): number | undefined {
  const known = (id: number | undefined) => rotors.some((rotor) => rotor.id === id);
  if (known(chosen)) return chosen;
  const running = sessions.find(({ status }) => status === 'running')?.rotor_id;
  const paused = sessions.find(({ status }) => status === 'paused')?.rotor_id;
  return [rotorOf(path, sessions), running, paused].find(known) ?? rotors[0]?.id;
}

/** The rotor of a rotor page, or of the page of a session that has not ended. */
function rotorOf(path: string, sessions: Known[]): number | undefined {
  const { address = '', params = {} } = findPage(path) ?? {};
  if (address.startsWith('station/rotors/:id')) return Number(params['id']);
  if (!address.startsWith('scan/sessions/:id')) return undefined;
  return sessions.find(({ id, status }) => String(id) === params['id'] && !hasEnded(status))?.rotor_id;
}
