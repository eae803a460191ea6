import { STORED_COLUMNS, type StoredColumn } from '../point-columns.ts';
import { SESSION_STATUSES, type SessionStatus } from '../session-status.ts';
import type { RotorMessage } from './rotor-messages.ts';
import type { DetailedSessionMessage } from './session-messages.ts';

// Message checks of the clients; the browser does not load zod. A newer server may add fields and
// status values.

/**
 * A message of `/ws/skyscan/{id}?detail=full`; undefined: malformed, or of another session. An
 * unknown status is read as `known`, the previous one.
 */
export function readSessionMessage(
  data: unknown,
  sessionId: number,
  known: SessionStatus,
): DetailedSessionMessage | undefined {
  const message = parseObject(data);
  if (!message || !hasNumbers(message, ['progress_pct', 'completed', 'total'])) return undefined;
  if (message['session_id'] !== sessionId || typeof message['status'] !== 'string') return undefined;
  const { point } = message;
  if (point !== null ? !isPoint(point) : !isStatus(message)) return undefined;
  const status = SESSION_STATUSES.find((name) => name === message['status']) ?? known;
  return { ...message, status } as unknown as DetailedSessionMessage;
}

/** A message of `/ws/rotors/{id}`; undefined: malformed, or of another rotor. */
export function readRotorMessage(data: unknown, rotorId: number): RotorMessage | undefined {
  const message = parseObject(data);
  if (!message || message['rotor_id'] !== rotorId || !isPointing(message)) return undefined;
  if (typeof message['moving'] !== 'boolean' || typeof message['timestamp'] !== 'string') return undefined;
  if (message['setpoint'] !== null && !isPointing(message['setpoint'])) return undefined;
  return message as unknown as RotorMessage;
}

function parseObject(data: unknown): Record<string, unknown> | undefined {
  if (typeof data !== 'string') return undefined; // a binary frame
  try {
    const value = JSON.parse(data) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStatus(message: Record<string, unknown>): boolean {
  const { elapsed_s, remaining_s, fault } = message;
  const isFault = isObject(fault) && typeof fault['observation'] === 'string' && hasNumbers(fault, ['for_s']);
  return (
    [elapsed_s, remaining_s].every((value) => value === null || Number.isFinite(value)) &&
    (fault === null || (isFault && (fault['pauses_in_s'] === null || hasNumbers(fault, ['pauses_in_s']))))
  );
}

function isPoint(point: unknown): boolean {
  if (!isObject(point) || !isCount(point['seq'], 1) || !isPointing(point)) return false;
  const { measurement } = point;
  return (
    isObject(measurement) &&
    measurement['seq'] === point['seq'] &&
    STORED_COLUMNS.every((column) => hasColumn(measurement, column)) &&
    typeof measurement['unit'] === 'string'
  );
}

/**
 * Whether a measurement has a value of the column's type; an older server may lack nullable
 * columns.
 */
function hasColumn(
  measurement: Record<string, unknown>,
  { name, type, min, nullable }: StoredColumn,
): boolean {
  const value = measurement[name];
  if (nullable && (value === undefined || value === null)) return true;
  switch (type) {
    case 'count':
      return isCount(value, min ?? 0);
    case 'number':
      return Number.isFinite(value);
    case 'pointing':
      return isPointing(value);
    case 'flags':
      return Array.isArray(value);
    case 'time':
      return typeof value === 'string';
    case 'reference':
      return isObject(value);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPointing(value: unknown): boolean {
  return isObject(value) && hasNumbers(value, ['azimuth', 'elevation']);
}

function isCount(value: unknown, min: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= min;
}

function hasNumbers(value: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => Number.isFinite(value[name]));
}
