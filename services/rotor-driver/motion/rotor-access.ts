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

export interface RotorAccessParts {
  restrictions: MoveRestrictions;
  /** The current holder of the lease. */
  holder: () => Holder | undefined;
  isMoving: () => boolean;
}

/** Decides whether a request may use the rotor now. */
export interface RotorAccess {
  /** Refuses all further requests: rotor-driver shuts down. */
  close(): void;
  checkOpen(): void;
  /**
   * Throws `busy` while a session or a characterisation holds the rotor. A manual move takes over
   * from another one.
   */
  checkManual(): void;
  /** Throws `busy` while another client holds the rotor, or during a manual move. */
  checkFree(): void;
  /**
   * Throws `TemporarilyBlockedError` while a suspend condition holds, except for the move to the
   * park pointing.
   */
  checkNotSuspended(config: RotorConfig, target: Pointing): void;
}

export function createRotorAccess({ restrictions, holder, isMoving }: RotorAccessParts): RotorAccess {
  let isClosed = false;

  function checkOpen(): void {
    if (isClosed) throw new SkyScanError('unavailable', CLOSING);
  }

  function checkManual(): void {
    checkOpen();
    const current = holder();
    if (current !== undefined && !isManual(current)) throw heldByError(current);
  }

  return {
    close() {
      isClosed = true;
    },
    checkOpen,
    checkManual,
    checkFree() {
      checkManual();
      if (holder() !== undefined || isMoving())
        throw new SkyScanError('busy', 'the rotor is executing a manual move');
    },
    checkNotSuspended(config, target) {
      const reason = restrictions.suspended();
      if (reason !== undefined && !isPark(config, target))
        throw new TemporarilyBlockedError(`moves are suspended, except to the park pointing: ${reason}`);
    },
  };
}
