import type { Metadata } from 'nice-grpc-common';
import {
  ClientError,
  ServerError,
  Status,
  type CallContext,
  type CallOptions,
  type ClientMiddlewareCall,
  type ServerMiddlewareCall,
} from 'nice-grpc-common';
import { describeConnectionFault, NO_ANSWER } from './connection-faults.ts';
import {
  SkyScanError,
  errorDetails,
  errorKind,
  errorMessage,
  type ErrorDetails,
  type ErrorKind,
} from '../base/errors.ts';
import type { Logger } from './logger.ts';

const STATUS_OF_KIND: Record<ErrorKind, Status> = {
  invalid: Status.INVALID_ARGUMENT,
  out_of_range: Status.OUT_OF_RANGE,
  not_found: Status.NOT_FOUND,
  wrong_state: Status.FAILED_PRECONDITION,
  busy: Status.FAILED_PRECONDITION,
  wrong_site: Status.FAILED_PRECONDITION,
  unsupported: Status.UNIMPLEMENTED,
  unauthenticated: Status.UNAUTHENTICATED,
  timeout: Status.DEADLINE_EXCEEDED,
  unavailable: Status.UNAVAILABLE,
  lease_lost: Status.ABORTED,
  hardware_fault: Status.ABORTED,
  no_room: Status.RESOURCE_EXHAUSTED,
  cancelled: Status.CANCELLED,
  internal: Status.INTERNAL,
};

// There are fewer status codes than kinds: the trailer carries the kind.
const KIND_TRAILER = 'skyscan-error-kind';
// One trailer per detail that crosses gRPC.
const PEER_TRAILER = 'skyscan-error-peer';
const STATE_TRAILER = 'skyscan-session-state';
const SESSION_TRAILER = 'skyscan-session-id';

/**
 * Server side: sends a `SkyScanError` with its code, kind and details; logs any other error once
 * and sends `INTERNAL`.
 */
export function errorsToStatus(logger: Logger) {
  return async function* <Request, Response>(
    call: ServerMiddlewareCall<Request, Response>,
    context: CallContext,
  ) {
    try {
      return yield* call.next(call.request, context);
    } catch (error) {
      if (error instanceof ServerError) throw error;
      const kind = errorKind(error);
      if (kind === 'internal') logger.error({ err: error, method: call.method.path }, 'unexpected error');
      context.trailer.set(KIND_TRAILER, kind);
      setDetails(context.trailer, errorDetails(error));
      throw new ServerError(
        STATUS_OF_KIND[kind],
        kind === 'internal' ? 'internal error' : errorMessage(error),
      );
    }
  };
}

/**
 * Client side: throws a `SkyScanError` with the kind and details sent by the server. A transport
 * error becomes a message about `service` (`rotor-driver`) at `address`, because messages appear in
 * session notes.
 */
export function statusToErrors(service: string, address: string) {
  return async function* <Request, Response>(
    call: ClientMiddlewareCall<Request, Response>,
    options: CallOptions,
  ) {
    let trailer: Metadata | undefined;
    const onTrailer = (received: Metadata) => {
      trailer = received;
      options.onTrailer?.(received);
    };
    try {
      return yield* call.next(call.request, { ...options, onTrailer });
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      const isOurs = trailer?.get(KIND_TRAILER) !== undefined && error.details !== '';
      const kind = kindOf(error.code, trailer);
      if (isOurs) throw new SkyScanError(kind, error.details, { cause: error, details: detailsOf(trailer) });
      const fault = `${address} ${transportFault(error)}`;
      throw new SkyScanError(kind, `${service} at ${fault}`, {
        cause: error,
        details: { peer: service, fault },
      });
    }
  };
}

function setDetails(trailer: Metadata, { peer, state, sessionId }: ErrorDetails): void {
  if (peer !== undefined) trailer.set(PEER_TRAILER, peer);
  if (state !== undefined) trailer.set(STATE_TRAILER, state);
  if (sessionId !== undefined) trailer.set(SESSION_TRAILER, String(sessionId));
}

function detailsOf(trailer: Metadata | undefined): ErrorDetails {
  const peer = trailer?.get(PEER_TRAILER);
  const state = trailer?.get(STATE_TRAILER);
  const sessionId = Number(trailer?.get(SESSION_TRAILER));
  return {
    ...(peer !== undefined && { peer }),
    ...(state !== undefined && { state }),
    ...(Number.isSafeInteger(sessionId) && { sessionId }),
  };
}

/** Description of a call that the service did not answer. */
function transportFault({ code, details }: ClientError): string {
  switch (code) {
    case Status.UNAVAILABLE:
      return describeConnectionFault(details);
    case Status.DEADLINE_EXCEEDED:
      return describeConnectionFault(NO_ANSWER);
    case Status.UNAUTHENTICATED:
    case Status.PERMISSION_DENIED:
      return 'does not accept the token (GRPC_TOKEN)';
    case Status.UNIMPLEMENTED:
      return 'does not know this call: do both have the same version?';
    case Status.RESOURCE_EXHAUSTED:
      return 'sent or received a message that is too large';
    case Status.CANCELLED:
      return 'ended the call';
    default:
      return 'could not process the call; its log has the reason';
  }
}

function kindOf(status: Status, trailer: Metadata | undefined): ErrorKind {
  const named = trailer?.get(KIND_TRAILER);
  if (named !== undefined && named in STATUS_OF_KIND) return named as ErrorKind;
  // The transport failed: the service did not set a kind.
  const kinds = Object.keys(STATUS_OF_KIND) as ErrorKind[];
  return kinds.find((kind) => STATUS_OF_KIND[kind] === status) ?? 'internal';
}
