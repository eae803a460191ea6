import { errorKind, SkyScanError } from '#shared/base/errors';
import { formatPointing, type Pointing } from '#shared/sky/pointing';
import { RefusedReadingError } from '../domain/refusals.ts';

/**
 * The readback cannot be trusted, or the rotor moved without a command. The lease ends, and a
 * person has to check the rotator.
 */
export class DisturbedError extends SkyScanError {
  constructor(message: string) {
    super('hardware_fault', message);
    this.name = 'DisturbedError';
  }
}

/** The position changed while rotctld was not connected. */
export function changedWhileDisconnected(before: Pointing, after: Pointing): DisturbedError {
  return new DisturbedError(
    `the position changed while rotctld was disconnected: ${formatPointing(before)} before, ${formatPointing(after)} after; ` +
      'likely causes: the controller restarted and lost its count, or the antenna was turned by hand; home it, then resume',
  );
}

/** The position changed further in one step than the rotor can move. */
export function jumped(before: Pointing, after: Pointing, seconds: number): DisturbedError {
  return new DisturbedError(
    `the position jumped: ${formatPointing(before)} before, ${formatPointing(after)} ${seconds.toFixed(1)} s after; ` +
      'likely causes: the controller lost its count, or a position sensor or its cable fails; home it, then resume',
  );
}

/** A rotor that should rest is at another position. */
export function movedUncommanded(before: Pointing, after: Pointing): DisturbedError {
  return new DisturbedError(
    `the rotor moved without a command from Sky Scan: ${formatPointing(before)} before, ${formatPointing(after)} after; ` +
      'likely causes: another rotctld client, the hand control of the controller, wind, a controller that lost its count; check where the antenna points, home it if that differs, then resume',
  );
}

/** A rotor moves away from its target. */
export function movedAway(at: Pointing, target: Pointing): DisturbedError {
  return new DisturbedError(
    `the rotor moves away from its target: ${formatPointing(at)} on the way to ${formatPointing(target)}; ` +
      'likely causes: another rotctld client, the hand control of the controller, a motor with reversed polarity; remove the cause, then resume',
  );
}

/** A manual move was replaced by another one. */
export class ReplacedError extends SkyScanError {
  constructor() {
    super('cancelled', 'replaced by another move');
    this.name = 'ReplacedError';
  }
}

/**
 * Whether the rotor has to be stopped after a failed move; `sent`: a command may have been sent.
 */
export function needsStop(error: unknown, sent: boolean): boolean {
  if (error instanceof ReplacedError) return false;
  // An unreachable rotator cannot be stopped: the holder reads the position again and decides.
  const isReached = errorKind(error) !== 'unavailable' || error instanceof RefusedReadingError;
  return error instanceof DisturbedError || (sent && isReached);
}
