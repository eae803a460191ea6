import { RotctldError } from './rotctld-error.ts';

/** An invalid reply. Its connection can no longer be trusted. */
export class GarbledReplyError extends RotctldError {
  constructor(what: string) {
    // The text of the peer is not repeated: it may come from any server.
    super(`rotctld sent an invalid answer (${what})`);
    this.name = 'GarbledReplyError';
  }
}
