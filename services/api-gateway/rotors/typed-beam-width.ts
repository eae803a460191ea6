import { SkyScanError } from '#shared/base/errors';
import type { Queryable } from '../store/queryable.ts';
import { findBeam } from '../store/rotor-beams.ts';
import type { RotorFields, RotorRow } from '../store/rotors.ts';

/** Throws `busy` if a change sets another width than that of the stored beam. */
export async function checkTypedBeamWidth(
  tx: Queryable,
  { id, beam_width_deg }: RotorRow,
  change: { beam_width_deg?: RotorFields['beam_width_deg'] | undefined },
): Promise<void> {
  if (change.beam_width_deg === undefined || change.beam_width_deg === beam_width_deg) return;
  const beam = await findBeam(tx, id);
  if (beam)
    throw new SkyScanError(
      'busy',
      `beam_width_deg is ${beam_width_deg} deg, the measured beam of session ${beam.session_id}: delete that first (DELETE /api/rotors/${id}/beam)`,
    );
}
