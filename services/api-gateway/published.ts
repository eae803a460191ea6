import type {
  DetailedPoint,
  DetailedPointMessage,
  DetailedStatusMessage,
  SessionMessage,
} from '#contract/live/session-messages';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import type { Measurement } from '#contract/measurement';
import { progressPct, publishedTime, toDataPoint, type StatusMessage } from '#contract/mqtt-messages';
import { hasEnded, type SessionStatus } from '#contract/session-status';
import type { StoredFault } from './domain/stored-fault.ts';
import type { Elapsed } from './store/session-status.ts';
import type { ListedSession, SessionRow } from './store/sessions.ts';

/** The state of a session for its viewers. */
export interface SessionFacts {
  id: number;
  status: SessionStatus;
  revision: number;
  completed: number;
  total: number;
  /** Unpublished fields, for viewers of the full detail. */
  fault?: StoredFault | null | undefined;
  rotorRests?: boolean | null | undefined;
  resumesItself?: boolean | null | undefined;
  startedFor?: Elapsed | null | undefined;
  eta?: Date | null | undefined;
}

export function toPublishedSession(row: ListedSession): Session {
  return {
    id: row.id,
    rotor_id: row.rotor_id,
    status: row.status,
    az_start: row.az_start,
    az_end: row.az_end,
    el_start: row.el_start,
    el_end: row.el_end,
    step_deg: row.step_deg,
    rssi_iterations: row.rssi_iterations,
    total_points: row.total_points,
    completed_points: row.completed_points,
    progress_pct: progressPct(row.completed_points, row.total_points),
    started_at: row.started_at && publishedTime(row.started_at.getTime()),
    finished_at: row.finished_at && publishedTime(row.finished_at.getTime()),
    notes: row.notes,
  };
}

export function toFacts(row: SessionRow): SessionFacts {
  return {
    id: row.id,
    revision: row.revision,
    completed: row.completed_points,
    total: row.total_points,
    ...unpublishedFields(row),
  };
}

/** The unpublished state of a session; an ended session has no fault. */
export function unpublishedFields(row: SessionRow) {
  const { status, fault, rotor_rests: rotorRests, resumes_itself: resumesItself, eta } = row;
  const startedFor =
    row.elapsed_s === null || row.elapsed_at === null ? null : { s: row.elapsed_s, at: row.elapsed_at };
  return hasEnded(status)
    ? { status, startedFor }
    : { status, startedFor, fault, rotorRests, resumesItself, eta };
}

/** The published message without a point. */
export function statusText(facts: SessionFacts, full = false): string {
  const message = { ...progress(facts, facts.completed), point: null } satisfies SessionMessage;
  if (!full) return JSON.stringify(message);
  return JSON.stringify({ ...message, ...detailFields(facts, Date.now()) } satisfies DetailedStatusMessage);
}

/** The published message with a point; with `full` also seq, setpoint and measurement. */
export function pointText(facts: SessionFacts, measurement: Measurement, full: boolean): string {
  const message = {
    ...progress(facts, measurement.seq),
    point: toDataPoint(measurement),
  } satisfies SessionMessage;
  if (!full) return JSON.stringify(message);
  const { seq, setpoint } = measurement;
  const point = { ...message.point, seq, setpoint, measurement: withUnit(measurement) };
  return JSON.stringify({ ...message, point } satisfies DetailedPointMessage);
}

/** The current fields that `detail=full` and `/plan` add. */
export function detailFields(
  facts: Pick<SessionFacts, 'status' | 'fault' | 'rotorRests' | 'resumesItself' | 'startedFor' | 'eta'>,
  nowMs: number,
) {
  const { startedFor, eta, status } = facts;
  const sinceReportMs = startedFor && !hasEnded(status) ? Math.max(0, nowMs - startedFor.at.getTime()) : 0;
  return {
    elapsed_s: startedFor ? Math.round(startedFor.s * 1000 + sinceReportMs) / 1000 : null,
    remaining_s: eta && status === 'running' ? Math.max(0, eta.getTime() - nowMs) / 1000 : null,
    fault: publishedFault(facts.fault, nowMs),
    rotor_rests: facts.rotorRests ?? null,
    resumes_itself: facts.resumesItself ?? null,
  };
}

/** Durations do not depend on the clocks of viewers. */
function publishedFault(fault: StoredFault | null | undefined, nowMs: number): Plan['fault'] {
  if (!fault) return null;
  const seconds = (text: string) => Math.round(Date.parse(text) - nowMs) / 1000;
  return {
    ...fault,
    for_s: Math.max(0, -seconds(fault.since)),
    pauses_in_s: fault.pauses_at === null ? null : Math.max(0, seconds(fault.pauses_at)),
  };
}

/** A measurement in the form of the API. */
function withUnit(measurement: Measurement): DetailedPoint['measurement'] {
  return { ...measurement, unit: unitOf(measurement) };
}

/** The unit of the levels of a point. */
export function unitOf({ flags }: Pick<Measurement, 'flags'>): 'dBm' | 'dBFS' {
  return flags.includes('uncalibrated') ? 'dBFS' : 'dBm';
}

/** The MQTT status message of a session whose state the gateway has changed. */
export function toStatusMessage(row: SessionRow): StatusMessage {
  return {
    ...progress(toFacts(row), row.completed_points),
    point: null,
    revision: row.revision,
    notes: row.notes,
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    eta: row.eta?.toISOString() ?? null,
  };
}

function progress(facts: SessionFacts, completed: number) {
  return {
    session_id: facts.id,
    status: facts.status,
    progress_pct: progressPct(completed, facts.total),
    completed,
    total: facts.total,
  };
}
