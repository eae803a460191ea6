import { errorKind, SkyScanError } from '#shared/errors';
import { RefusedReadingError } from '../rotctld/refusals.ts';

/** Somebody else moves the rotor; what was leased is no longer anybody's. */
export class StrayedError extends SkyScanError {
  constructor(what: string) {
    super('hardware_fault', `moved by another client: ${what}`);
    this.name = 'StrayedError';
  }
}

/** A move by hand that another one takes over from. */
export class ReplacedError extends SkyScanError {
  constructor() {
    super('cancelled', 'replaced by another move');
    this.name = 'ReplacedError';
  }
}

/** Whether the rotor has to be stopped after a move that ended so; `sent`: its command may have gone out. */
export function needsStop(error: unknown, sent: boolean): boolean {
  if (error instanceof ReplacedError) return false;
  // Out of reach nothing can be stopped: the holder reads the position again and decides.
  const isReached = errorKind(error) !== 'unavailable' || error instanceof RefusedReadingError;
  return error instanceof StrayedError || (sent && isReached);
}
