import { SkyScanError, errorKind, errorMessage } from '#shared/errors';

/** What the published API says when a rotor cannot be reached, whatever the details. */
export const NO_ROTCTLD = 'Cannot connect to rotctld';
/** What it says when a rotor has nothing to measure with. */
export const NO_RSSI = 'Rotor does not support RSSI';

/**
 * A failed call to a peer as the user is told of it. Peers name what they cannot reach ("Cannot connect to ..."); any other
 * word of unavailability comes from the transport and is about the peer itself.
 */
function peerError(error: unknown, peer: string): SkyScanError {
  const message = errorMessage(error);
  const kind = errorKind(error);
  const options = { cause: error };
  switch (kind) {
    case 'unavailable':
    case 'timeout':
      if (message.startsWith(NO_ROTCTLD)) return new SkyScanError('unavailable', NO_ROTCTLD, options);
      if (message.startsWith('Cannot connect to ')) return new SkyScanError('unavailable', message, options);
      return new SkyScanError('unavailable', `Cannot connect to ${peer}`, options);
    case 'unsupported':
      return new SkyScanError('unsupported', NO_RSSI, options);
    case 'unauthenticated':
      return new SkyScanError('unavailable', `${peer} does not accept our token (GRPC_TOKEN)`, options);
    case 'internal':
      return new SkyScanError('unavailable', `${peer} has failed; its log says why`, options);
    case 'cancelled':
      return new SkyScanError('unavailable', `Cannot connect to ${peer}`, options);
    default:
      return new SkyScanError(kind, message, options);
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
