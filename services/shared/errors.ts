/** What a caller can act on; gRPC codes and HTTP statuses follow from it (grpc-errors.ts, api-gateway/http). */
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
  /** The hardware does what it was not told to: stalled, jumped, moved by somebody else. A person should look. */
  | 'hardware_fault'
  /** No room: disk full, queue full. */
  | 'no_room'
  /** The caller gave up. */
  | 'cancelled'
  /** A defect of ours. */
  | 'internal';

/** The error of the house: the message says what, the value, the limit and the unit. */
export class SkyScanError extends Error {
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SkyScanError';
    this.kind = kind;
  }
}

/** The kind of any thrown value; `internal` for what was not foreseen. */
export function errorKind(error: unknown): ErrorKind {
  if (error instanceof SkyScanError) return error.kind;
  if (error instanceof Error && error.name === 'AbortError') return 'cancelled';
  return 'internal';
}

/** The message of any thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
