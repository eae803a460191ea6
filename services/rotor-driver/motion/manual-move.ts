import type { Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import type { Holder } from '../domain/lease.ts';
import { ReplacedError } from './motion-errors.ts';
import type { ManualMove, Mover } from './mover.ts';
import type { LeaseManager } from './rotor-lease.ts';

/** The holder of the lease during a manual move. */
export const MOVE_HOLDER: Holder = { name: 'a manual move' };

/** The holder of the lease during a move to the park pointing. */
export const PARK_HOLDER: Holder = { name: 'park' };

/** The holder moves the rotor manually: another manual move may take over. */
export function isManual(holder: Holder | undefined): boolean {
  return holder === MOVE_HOLDER || holder === PARK_HOLDER;
}

export interface ManualMoveParts {
  leases: LeaseManager;
  mover: Mover;
  /** The lease has ended. */
  onOver: () => void;
}

/**
 * Starts a manual move under a lease that ends with the move; the rotor stops when `call` aborts
 * before that. Takes over from another manual move without a stop in between.
 */
export function startManualMove(
  { leases, mover, onOver }: ManualMoveParts,
  { config, target, holder }: { config: RotorConfig; target: Pointing; holder: Holder },
  call: AbortSignal,
): ManualMove {
  call.throwIfAborted();
  const replaced = new ReplacedError();
  // The move ends before its lease, so that the end of the lease does not stop the rotor.
  mover.end(replaced);
  leases.revoke({ reason: replaced.message, mayReacquire: false });
  const lease = leases.grantForCall(holder, call);
  const move = mover.moveManually(config, target, lease.over);
  const release = () => {
    lease.release();
    onOver();
  };
  move.arrival.then(release, release);
  return move;
}
