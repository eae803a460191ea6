import { SkyScanError } from '#shared/base/errors';
import type { SessionRow } from '../store/sessions.ts';

type GainSession = Pick<SessionRow, 'id' | 'rotor_id' | 'rotor' | 'bands' | 'frame' | 'grid'>;

/**
 * Throws `wrong_state` unless a session can be joined with one of a lower gain: the same rotor,
 * source, grid of the same kind, and tuning.
 * @param byChannels The same channels of both are measured, whatever the tuning.
 */
export function requireHighGain(low: GainSession, high: GainSession, byChannels: boolean): void {
  const refuse = (reason: string) => {
    throw new SkyScanError('wrong_state', `Session ${high.id} cannot be joined with ${low.id}: ${reason}`);
  };
  if (high.id === low.id) refuse('they are the same session');
  if (high.rotor_id !== low.rotor_id) refuse(`it has rotor ${high.rotor_id}, not ${low.rotor_id}`);
  const [gain, lower] = [high.rotor.gain_db, low.rotor.gain_db];
  if (!(gain > lower)) refuse(`its gain of ${gain} dB is not above ${lower} dB`);
  const [source, other] = [high.frame?.resolved.name, low.frame?.resolved.name];
  if (source !== undefined && other !== undefined && source !== other)
    refuse(`it was scanned around ${source}, not ${other}`);
  for (const { id, grid } of [low, high])
    if (grid === 'principal_cuts')
      refuse(
        `session ${id} has the grid principal_cuts, whose lines have too few points to find the ratio of the gains`,
      );
  if (byChannels) return;
  const [tuning, first] = [tuningOf(high), tuningOf(low)];
  for (const [name, value] of Object.entries(tuning)) {
    const expected = first[name as keyof typeof first];
    if (value !== expected) refuse(`its ${name.replaceAll('_', ' ')} is ${value} Hz, not ${expected} Hz`);
  }
}

function tuningOf({ bands, rotor }: GainSession) {
  const { center_frequency_hz: frequency, bandwidth_hz: bandwidth } = bands?.[0] ?? rotor;
  return { frequency, bandwidth };
}
