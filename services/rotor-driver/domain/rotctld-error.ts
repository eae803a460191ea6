import { SkyScanError } from '#shared/base/errors';

/**
 * rotctld is the peer that cannot be used: callers of rotor-driver tell it from rotor-driver itself
 * by this.
 */
export const ABOUT_ROTCTLD = { peer: 'rotctld' } as const;

/** rotctld cannot be reached, did not answer or answered nonsense. */
export class RotctldError extends SkyScanError {
  constructor(message: string) {
    super('unavailable', message, { details: ABOUT_ROTCTLD });
    this.name = 'RotctldError';
  }
}
