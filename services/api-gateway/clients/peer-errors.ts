import { SkyScanError, errorDetails, errorKind, errorMessage } from '#shared/base/errors';
import { HEALTHY, type Finding } from './health-check.ts';

/** The published message for an unreachable rotor. */
const NO_ROTCTLD = 'Cannot connect to rotctld';
/** The published message for a rotor without RSSI. */
export const NO_RSSI = 'Rotor does not support RSSI';

/** `NO_ROTCTLD` with the reason, which names host and port. */
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

/** The reason that the published message leaves out; undefined if there is none. */
export function hiddenReason(error: unknown): string | undefined {
  return error instanceof NoRotctldError ? error.reason : undefined;
}

/** The message with the reason that the published one leaves out. */
export function messageWithReason(error: unknown): string {
  const reason = hiddenReason(error);
  return reason === undefined ? errorMessage(error) : `${errorMessage(error)}: ${reason}`;
}

/**
 * Translates the failure of a call for the user. The details name what the peer cannot reach;
 * otherwise the peer itself is unavailable.
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
      return new SkyScanError(
        'unavailable',
        `${peer} refuses the token of api-gateway (GRPC_TOKEN)`,
        options,
      );
    case 'wrong_site':
      return new SkyScanError('wrong_site', `${peer} ${message}`, options);
    case 'internal':
      return new SkyScanError('unavailable', `${peer} has failed; see its log`, options);
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

/** Calls of a service whose errors are translated. */
export interface PeerCalls {
  call: <T>(work: () => Promise<T>) => Promise<T>;
  /** Whether the last call reached the service, and whether it serves our site. */
  finding: () => Finding;
}

export function createPeerCalls(peer: string): PeerCalls {
  let finding = HEALTHY;
  return {
    async call(work) {
      try {
        const answer = await work();
        finding = HEALTHY;
        return answer;
      } catch (error) {
        const translated = peerError(error, peer);
        finding = findingOf(error, translated, peer);
        throw translated;
      }
    },
    finding: () => finding,
  };
}

function findingOf(error: unknown, { message }: SkyScanError, peer: string): Finding {
  if (errorKind(error) === 'wrong_site') return { state: 'impaired', message };
  // Set if the connection has failed, not by an answer of the service.
  return errorDetails(error).peer === peer ? { state: 'away', message } : HEALTHY;
}
