import { SkyScanError } from '#shared/base/errors';

/** Error details that tell callers that rotctld failed, not rotor-driver. */
export const ABOUT_ROTCTLD = { peer: 'rotctld' } as const;

/** rotctld cannot be reached, does not answer, or sends an invalid answer. */
export class RotctldError extends SkyScanError {
  constructor(message: string) {
    super('unavailable', message, { details: ABOUT_ROTCTLD });
    this.name = 'RotctldError';
  }
}
