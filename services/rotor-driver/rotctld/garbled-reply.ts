import { SkyScanError } from '#shared/errors';

/** Something that is no reply. The connection it came from can no longer be trusted. */
export class GarbledReplyError extends SkyScanError {
  constructor(what: string) {
    // What the peer said is not repeated: it may be anybody.
    super('unavailable', `rotctld sent something that is no answer (${what})`);
    this.name = 'GarbledReplyError';
  }
}
