import { SkyScanError } from '#shared/base/errors';
import type { Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { TemporarilyBlockedError } from '../domain/move-route.ts';
import { heldByError } from './rotor-lease.ts';
import type { Holder } from '../domain/lease.ts';
import type { MoveRestrictions } from './move-restrictions.ts';
import { isPark } from './mover.ts';
import { isManual } from './manual-move.ts';

export const CLOSING = 'rotor-driver is shutting down';

export interface AdmissionParts {
  restrictions: MoveRestrictions;
  /** The current holder of the lease. */
  holder: () => Holder | undefined;
  isMoving: () => boolean;
}

/** Decides whether a request may use the rotor now. */
export class Admission {
  readonly #parts: AdmissionParts;
  #isClosed = false;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Refuses all further requests: rotor-driver shuts down. */
  close(): void {
    this.#isClosed = true;
  }

  checkOpen(): void {
    if (this.#isClosed) throw new SkyScanError('unavailable', CLOSING);
  }

  /**
   * Throws `busy` while a session or a characterisation holds the rotor. A manual move takes over
   * from another one.
   */
  checkManual(): void {
    this.checkOpen();
    const holder = this.#parts.holder();
    if (holder !== undefined && !isManual(holder)) throw heldByError(holder);
  }

  /** Throws `busy` while another client holds the rotor, or during a manual move. */
  checkFree(): void {
    this.checkManual();
    if (this.#parts.holder() !== undefined || this.#parts.isMoving())
      throw new SkyScanError('busy', 'the rotor is executing a manual move');
  }

  /**
   * Throws `TemporarilyBlockedError` while a suspend condition holds, except for the move to the
   * park pointing.
   */
  checkNotSuspended(config: RotorConfig, target: Pointing): void {
    const reason = this.#parts.restrictions.suspended();
    if (reason !== undefined && !isPark(config, target))
      throw new TemporarilyBlockedError(`moves are suspended, except to the park pointing: ${reason}`);
  }
}
