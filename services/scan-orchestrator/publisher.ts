import type { MqttConnection } from '#shared/runtime/mqtt-client';
import {
  progressPct,
  type FaultMessage,
  toDataPoint,
  type PointMessage,
  type StatusMessage,
} from '#contract/mqtt-messages';
import { MQTT_TOPICS, type Topics } from '#contract/mqtt-topics';
import { measurementOf } from '#contract/point-record';
import type { MeasuredPoint } from './domain/measurement.ts';
import type { FaultView, Publisher, SessionView } from './engine/ports.ts';

// Messages on their way to the broker. A broker that is slower than the scan loses the newest
// points; the repair path brings them.
const MOST_ON_THE_WAY = 1_000;

/** The fast path to the world: in order, never waited for. */
export function createPublisher(connection: MqttConnection<Topics>): Publisher {
  let onTheWay = 0;
  // Per session, the last revision that the broker has acknowledged.
  const told = new Map<number, number>();
  const send = async (leaf: 'sessionStatus' | 'sessionPoints', sessionId: number, payload: object) => {
    onTheWay++;
    try {
      const retain = MQTT_TOPICS[leaf].retained;
      await connection.publish(connection.topics[leaf](sessionId), payload, { retain });
      return true;
    } catch {
      return false;
    } finally {
      onTheWay--;
    }
  };
  // Never dropped for points: nobody else repairs what is retained.
  const status = (view: SessionView) => {
    const { sessionId, revision } = view;
    told.set(sessionId, told.get(sessionId) ?? 0);
    void send('sessionStatus', sessionId, statusOf(view)).then((arrived) => {
      const before = told.get(sessionId);
      if (arrived && before !== undefined) told.set(sessionId, Math.max(before, revision));
    });
  };
  return {
    status,
    point(view, point) {
      if (onTheWay < MOST_ON_THE_WAY) void send('sessionPoints', view.sessionId, pointOf(view, point));
    },
    hasTold: ({ sessionId, revision }) => (told.get(sessionId) ?? 0) >= revision,
    forget: (sessionId) => void told.delete(sessionId),
  };
}

function progressOf(view: SessionView) {
  return {
    session_id: view.sessionId,
    status: view.status,
    progress_pct: progressPct(view.completedPoints, view.totalPoints),
    completed: view.completedPoints,
    total: view.totalPoints,
  };
}

function statusOf(view: SessionView): StatusMessage {
  return {
    ...progressOf(view),
    point: null,
    revision: view.revision,
    notes: view.notes,
    started_at: iso(view.startedAtMs),
    finished_at: iso(view.finishedAtMs),
    eta: iso(view.etaMs),
    elapsed_s: view.elapsedMs === null ? null : seconds(view.elapsedMs),
    remaining_s: view.remainingMs === null ? null : seconds(view.remainingMs),
    fault: view.fault && faultMessage(view.fault),
    rotor_rests: view.rotorRests,
    resumes_itself: view.resumesItself,
  };
}

function faultMessage(fault: FaultView): FaultMessage {
  const { observation, sinceUnixMs, forMs, pausesAtUnixMs, pausesInMs } = fault;
  return {
    // Whatever a library says at length.
    observation: observation.slice(0, 1_000),
    since: new Date(sinceUnixMs).toISOString(),
    for_s: seconds(forMs),
    pauses_at: iso(pausesAtUnixMs),
    pauses_in_s: pausesInMs === null ? null : seconds(pausesInMs),
  };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

function pointOf(view: SessionView, point: MeasuredPoint): PointMessage {
  const measurement = measurementOf(point);
  return { ...progressOf(view), point: toDataPoint(measurement), seq: point.seq, measurement };
}

function iso(unixMs: number | null): string | null {
  return unixMs === null ? null : new Date(unixMs).toISOString();
}
