import { RotctldError } from './rotctld-error.ts';

/** Something that is no reply. The connection it came from can no longer be trusted. */
export class GarbledReplyError extends RotctldError {
  constructor(what: string) {
    // What the peer said is not repeated: it may be anybody.
    super(`rotctld sent something that is no answer (${what})`);
    this.name = 'GarbledReplyError';
  }
}
