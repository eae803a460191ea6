import { SkyScanError, type ErrorKind } from '#shared/errors';

// Hamlib's error numbers (rig.h), negated as RPRT shows them.
const OUT_OF_RANGE = new Set([-1, -21]); // -1 up to 4.5, -21 since 4.6
const CONTROLLER_LOST = new Map([
  [-5, 'its controller does not answer'],
  [-6, 'it has lost its controller'],
  [-8, 'it does not understand its controller'],
]);

/** An answer, though not the one that was asked for: the link is whole, and what was asked for did not happen. */
export class RefusalError extends SkyScanError {
  constructor(kind: ErrorKind, message: string) {
    super(kind, message);
    this.name = 'RefusalError';
  }
}

/** What a refusal (`RPRT -n`) means to whoever wanted `what` (`to move`). */
export function refusalError(code: number, what: string): RefusalError {
  if (OUT_OF_RANGE.has(code))
    return new RefusalError('out_of_range', `rotctld refused ${what}: out of its range (RPRT ${code})`);
  const lost = CONTROLLER_LOST.get(code);
  if (lost) return new RefusalError('unavailable', `rotctld answers, but ${lost} (RPRT ${code})`);
  if (code === -11 || code === -4)
    return new RefusalError(
      'unsupported',
      `rotctld refused ${what}: the rotator cannot do that (RPRT ${code})`,
    );
  return new RefusalError('hardware_fault', `rotctld refused ${what} (RPRT ${code})`);
}

/** As published. */
export const NO_RECEIVER = 'Rotor does not support RSSI';

/** What a refusal means that came from a rotator's own receiver: birdcage says -6 for what it does not have. */
export function receiverRefusal(code: number, what: string): SkyScanError {
  if (code === -6) return new SkyScanError('unsupported', NO_RECEIVER);
  return new SkyScanError('unavailable', `rotctld refused ${what} (RPRT ${code})`);
}
