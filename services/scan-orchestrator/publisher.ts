import { readRetained } from '#shared/runtime/mqtt-retained';
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
import { hasEnded } from '#contract/session-status';
import type { MeasuredPoint } from './domain/measurement.ts';
import { strongestChannels } from './domain/strongest-channels.ts';
import type { FaultView, Publisher, SessionView } from './engine/ports.ts';

// Unacknowledged messages. If the broker is slower than the scan, the newest points are dropped;
// the recorder repairs them from the journal.
const MAX_IN_FLIGHT = 1_000;
const RETAINED_WITHIN_MS = 2_000;
// Some brokers retain nothing, or deny it without saying so.
const MAX_CHECKS = 10;

/** Publishes status and points of a site over MQTT: in order, without blocking the scan. */
export function createPublisher(
  connection: MqttConnection<Topics>,
  site: string,
  retainedWithinMs = RETAINED_WITHIN_MS,
): Publisher {
  let inFlight = 0;
  // The last revision of each session that the broker has; of an ended one, that it retains.
  const acknowledged = new Map<number, number>();
  // A broker that has lost nodes may acknowledge a message and not retain it (NATS 2.9), and nobody
  // would replace the last status of a session.
  const checks = new Map<number, { count: number; revision: number | undefined }>();
  const send = async (leaf: 'sessionStatus' | 'sessionPoints', sessionId: number, payload: object) => {
    inFlight++;
    try {
      await connection.publish(connection.topics[leaf](sessionId), payload, MQTT_TOPICS[leaf]);
      return true;
    } catch {
      return false;
    } finally {
      inFlight--;
    }
  };
  // Never dropped in favour of points: a lost retained message is not repaired.
  const status = (view: SessionView) => {
    const { sessionId, revision } = view;
    if (checks.get(sessionId)?.revision === revision) return;
    acknowledged.set(sessionId, acknowledged.get(sessionId) ?? 0);
    void deliver(view).then((arrived) => {
      const before = acknowledged.get(sessionId);
      if (arrived && before !== undefined) acknowledged.set(sessionId, Math.max(before, revision));
    });
  };
  const deliver = async (view: SessionView) => {
    const { sessionId, revision } = view;
    if (!hasEnded(view.status)) return send('sessionStatus', sessionId, statusOf(view));
    const count = checks.get(sessionId)?.count ?? 0;
    checks.set(sessionId, { count, revision });
    let arrived = await send('sessionStatus', sessionId, statusOf(view));
    const isChecked = arrived && count < MAX_CHECKS;
    if (isChecked) arrived = await isRetained(view);
    // Unless it is forgotten, or newer, meanwhile.
    if (checks.get(sessionId)?.revision === revision)
      checks.set(sessionId, { count: isChecked ? count + 1 : count, revision: undefined });
    return arrived;
  };
  const isRetained = async ({ sessionId, revision }: SessionView) => {
    const topic = connection.topics.sessionStatus(sessionId);
    try {
      const text = await readRetained(connection.client, topic, retainedWithinMs);
      return text !== undefined && (JSON.parse(text) as StatusMessage).revision >= revision;
    } catch {
      // A broker that denies reading cannot be asked.
      return connection.client.connected;
    }
  };
  return {
    status,
    point(view, point) {
      if (inFlight < MAX_IN_FLIGHT) void send('sessionPoints', view.sessionId, pointOf(view, point, site));
    },
    hasPublished: ({ sessionId, revision }) => (acknowledged.get(sessionId) ?? 0) >= revision,
    forget(sessionId) {
      acknowledged.delete(sessionId);
      checks.delete(sessionId);
    },
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
    // Library messages may be long.
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

function pointOf(view: SessionView, point: MeasuredPoint, site: string): PointMessage {
  const measurement = measurementOf(point);
  const strongest = point.spectra && strongestChannels(point.spectra);
  return {
    ...progressOf(view),
    point: toDataPoint(measurement),
    seq: point.seq,
    measurement,
    site,
    ...(strongest && {
      strongest: strongest.map(({ frequencyHz, meanDb }) => ({ frequency_hz: frequencyHz, mean_db: meanDb })),
    }),
  };
}

function iso(unixMs: number | null): string | null {
  return unixMs === null ? null : new Date(unixMs).toISOString();
}
