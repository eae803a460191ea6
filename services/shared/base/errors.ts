/**
 * Categories that a caller can act on; they determine gRPC codes and HTTP statuses (grpc-errors.ts,
 * api-gateway/http).
 */
export type ErrorKind =
  /** The request is malformed: a field is missing, has a wrong type or is not finite. */
  | 'invalid'
  /** A value is outside what the hardware can or may do; nothing was sent to it. */
  | 'out_of_range'
  | 'not_found'
  /** The current state does not allow the request. */
  | 'wrong_state'
  /** Another client holds it. */
  | 'busy'
  /** The service belongs to another site. */
  | 'wrong_site'
  /** Not supported by the device. */
  | 'unsupported'
  /** Missing or wrong credentials. */
  | 'unauthenticated'
  /** No answer in time. A retry may help. */
  | 'timeout'
  /** Not reachable. A retry may help. */
  | 'unavailable'
  /** The lease or its token is no longer valid. */
  | 'lease_lost'
  /**
   * The hardware moved without a command: stalled, jumped, or moved by another client. A person
   * should check it.
   */
  | 'hardware_fault'
  /** No space: disk full, queue full. */
  | 'no_room'
  /** The caller aborted the request. */
  | 'cancelled'
  /** A bug. */
  | 'internal';

/**
 * Data for decisions of callers, besides the kind; messages are for people only. Crosses gRPC,
 * except `fault` (grpc-errors.ts).
 */
export interface ErrorDetails {
  /** The unavailable program or device: `rotctld`, `receiver`, or the name of a service. */
  peer?: string;
  /**
   * The fault of the connection to that service: `127.0.0.1:50051 refused the connection (...)`.
   */
  fault?: string;
  /**
   * The state of the session that does not allow the request: a status, `pausing`, `resuming` or
   * `cancelling`.
   */
  state?: string;
  /** The session that holds the rotor. */
  sessionId?: number;
}

/**
 * The error class of Sky Scan: the message states what is wrong, the value, the limit and the unit.
 */
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

/** The kind of any thrown value; `internal` for unexpected ones. */
export function errorKind(error: unknown): ErrorKind {
  if (error instanceof SkyScanError) return error.kind;
  if (error instanceof Error && error.name === 'AbortError') return 'cancelled';
  return 'internal';
}

/** Whether the same request may succeed later. */
export function isTemporary(error: unknown): boolean {
  return ['unavailable', 'timeout', 'no_room'].includes(errorKind(error));
}

/** The details of any thrown value. */
export function errorDetails(error: unknown): ErrorDetails {
  return error instanceof SkyScanError ? error.details : {};
}

/** The message of any thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
