// The package @sky-scan/client. Its messages and answers are those of the gateway, from the same
// sources.

export { connect, type ServerOptions, type SkyScan } from './connect.ts';
export type { FollowOptions } from './follow-session.ts';
export type { Socket, SocketConstructor } from './message-queue.ts';
export {
  createApiClient,
  type ApiClient,
  type ApiConnection,
  type ApiRequest,
} from '../../services/contract/client/api-client.ts';
export { ApiError } from '../../services/contract/client/api-error.ts';
export type { AddressOf, AnswerOf, BodyOf } from '../../services/contract/client/route-types.ts';
export { CLOSE } from '../../services/contract/live/close-codes.ts';
export { readRotorMessage, readSessionMessage } from '../../services/contract/live/read-message.ts';
export type { RotorMessage } from '../../services/contract/live/rotor-messages.ts';
export type {
  DetailedPoint,
  DetailedSessionMessage,
  SessionMessage,
} from '../../services/contract/live/session-messages.ts';
export type { Measurement } from '../../services/contract/measurement.ts';
export type { Problem } from '../../services/contract/rest/errors.ts';
export type { Plan } from '../../services/contract/rest/plan.ts';
export type { Rotor } from '../../services/contract/rest/rotors.ts';
export type {
  PublishedMeasurement,
  ScanRequestBody,
  Session,
} from '../../services/contract/rest/sessions.ts';
export type { Source } from '../../services/contract/rest/sources.ts';
export { hasEnded, SESSION_STATUSES, type SessionStatus } from '../../services/contract/session-status.ts';
