/**
 * What a caller can act on; gRPC codes and HTTP statuses follow from it (grpc-errors.ts,
 * api-gateway/http).
 */
export type ErrorKind =
  /** The request makes no sense as it stands: a field is missing, of a wrong type, not finite. */
  | 'invalid'
  /** A number is outside what the hardware can or may do; nothing was sent to it. */
  | 'out_of_range'
  | 'not_found'
  /** The state of the thing does not allow it now. */
  | 'wrong_state'
  /** Somebody else holds it. */
  | 'busy'
  /** The thing has no such ability. */
  | 'unsupported'
  /** No or wrong credentials. */
  | 'unauthenticated'
  /** Did not answer in time. Trying again may help. */
  | 'timeout'
  /** Cannot be reached. Trying again may help. */
  | 'unavailable'
  /** The lease or its token is gone; whatever it allowed is over. */
  | 'lease_lost'
  /**
   * The hardware does what it was not told to: stalled, jumped, moved by somebody else. A person
   * should look.
   */
  | 'hardware_fault'
  /** No room: disk full, queue full. */
  | 'no_room'
  /** The caller gave up. */
  | 'cancelled'
  /** A defect of ours. */
  | 'internal';

/**
 * What callers decide on, beside the kind: the message is for people only. Crosses gRPC, except
 * `fault` (grpc-errors.ts).
 */
export interface ErrorDetails {
  /** The program or device that cannot be used: `rotctld`, `receiver`, or the name of a service. */
  peer?: string;
  /**
   * What happened to the connection to that service: `127.0.0.1:50051 refused the connection
   * (...)`.
   */
  fault?: string;
  /**
   * The state of the session, which does not allow the request: a status, `pausing`, `resuming` or
   * `cancelling`.
   */
  state?: string;
  /** The session that holds the rotor. */
  sessionId?: number;
}

/** The error of the house: the message says what, the value, the limit and the unit. */
export class SkyScanError extends Error {
  readonly kind: ErrorKind;
  readonly details: ErrorDetails;

  constructor(kind: ErrorKind, message: string, options?: ErrorOptions & { details?: ErrorDetails }) {
    super(message, options);
    this.name = 'SkyScanError';
    this.kind = kind;
    this.details = options?.details ?? {};
  }
}

/** The kind of any thrown value; `internal` for what was not foreseen. */
export function errorKind(error: unknown): ErrorKind {
  if (error instanceof SkyScanError) return error.kind;
  if (error instanceof Error && error.name === 'AbortError') return 'cancelled';
  return 'internal';
}

/** The details of any thrown value. */
export function errorDetails(error: unknown): ErrorDetails {
  return error instanceof SkyScanError ? error.details : {};
}

/** The message of any thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
