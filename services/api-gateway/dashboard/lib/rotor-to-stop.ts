import type { Rotor, Session } from './api-types.ts';

/** Which rotor a stop without further words means: the chosen one, else the one of the scan that goes on, else the first. */
export function rotorToStop(
  rotors: Pick<Rotor, 'id'>[],
  sessions: Pick<Session, 'rotor_id' | 'status'>[],
  chosen: number | undefined,
): number | undefined {
  const known = (id: number | undefined) => rotors.some((rotor) => rotor.id === id);
  if (known(chosen)) return chosen;
  const running = sessions.find(({ status }) => status === 'running')?.rotor_id;
  const paused = sessions.find(({ status }) => status === 'paused')?.rotor_id;
  return [running, paused].find(known) ?? rotors[0]?.id;
}
