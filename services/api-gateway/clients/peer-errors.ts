import { SkyScanError, errorDetails, errorKind, errorMessage } from '#shared/base/errors';

/** What the published API says when a rotor cannot be reached, whatever the details. */
const NO_ROTCTLD = 'Cannot connect to rotctld';
/** What it says when a rotor has nothing to measure with. */
export const NO_RSSI = 'Rotor does not support RSSI';

/** `NO_ROTCTLD` as an error that remembers what happened, in a sentence with host and port. */
class NoRotctldError extends SkyScanError {
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super('unavailable', NO_ROTCTLD, options);
    this.reason = reason;
  }
}

function noRotctld(cause: unknown, reason: string): SkyScanError {
  return reason === ''
    ? new SkyScanError('unavailable', NO_ROTCTLD, { cause })
    : new NoRotctldError(reason, { cause });
}

/**
 * What happened and what to check, where the published message leaves it out; undefined: the
 * message says everything.
 */
export function hiddenReason(error: unknown): string | undefined {
  return error instanceof NoRotctldError ? error.reason : undefined;
}

/** The message with what the published one leaves out. */
export function messageWithReason(error: unknown): string {
  const reason = hiddenReason(error);
  return reason === undefined ? errorMessage(error) : `${errorMessage(error)}: ${reason}`;
}

/**
 * A failed call to a peer as the user is told of it. The details name what the peer cannot reach;
 * any other unavailability is that of the peer itself.
 */
function peerError(error: unknown, peer: string): SkyScanError {
  const message = errorMessage(error);
  const kind = errorKind(error);
  const options = { cause: error };
  switch (kind) {
    case 'unavailable':
    case 'timeout':
      if (error instanceof NoRotctldError) return error;
      return unavailable(error, peer);
    case 'unsupported':
      return new SkyScanError('unsupported', NO_RSSI, options);
    case 'unauthenticated':
      return new SkyScanError('unavailable', `${peer} does not accept our token (GRPC_TOKEN)`, options);
    case 'internal':
      return new SkyScanError('unavailable', `${peer} has failed; its log says why`, options);
    case 'cancelled':
      return new SkyScanError('unavailable', `Cannot connect to ${peer}`, options);
    default:
      return new SkyScanError(kind, message, { ...options, details: errorDetails(error) });
  }
}

function unavailable(error: unknown, peer: string): SkyScanError {
  const { peer: missing, fault } = errorDetails(error);
  switch (missing) {
    case 'rotctld':
      return noRotctld(error, errorMessage(error));
    case 'receiver':
      return new SkyScanError('unavailable', errorMessage(error), { cause: error });
    case peer:
      return new SkyScanError('unavailable', `Cannot connect to ${peer}${fault ? `: ${fault}` : ''}`, {
        cause: error,
      });
    default:
      return new SkyScanError('unavailable', `Cannot connect to ${peer}`, { cause: error });
  }
}

/** Runs a call and translates its failure. */
export async function callPeer<T>(peer: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw peerError(error, peer);
  }
}
