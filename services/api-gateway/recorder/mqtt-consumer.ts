import { Semaphore } from 'async-mutex';
import type { IPublishPacket } from 'mqtt';
import type { z } from 'zod';
import { SkyScanError, errorKind, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { MqttConnection } from '#shared/runtime/mqtt-client';
import type { Topics } from '#contract/mqtt-topics';
import { pointMessageSchema, statusMessageSchema, type StatusMessage } from '#contract/mqtt-messages';
import { backoffMs, sleep } from '#shared/runtime/waiting';
import { createDropLog } from '../drop-log.ts';
import { storedFault } from '../domain/stored-fault.ts';
import type { Metrics } from '../metrics.ts';
import type { StatusReport } from '../store/session-status.ts';
import { isStorableText } from '#contract/storable-text';
import type { Outcome } from './outcome.ts';
import type { PointIntake } from './intake.ts';

// A year: longer durations are not real faults, and dates would overflow.
const MAX_DURATION_S = 366 * 86_400;
const MAX_PAYLOAD_BYTES = 64 * 1024;
/** Messages that are being stored; the others wait at the broker. */
export const MAX_IN_HAND = 1_024;

/**
 * Feeds recorder and follower from the broker. Up to 1,024 messages are in hand, so that the points
 * of many sessions are stored together; while the database is not available the others wait at the
 * broker. A message is acknowledged when it is taken: the repair path recovers those that are lost
 * with the process. Messages are untrusted: without ACLs any client can publish a point that fits
 * the plan. The reconciler therefore compares stored points with the journal before the
 * orchestrator may delete it, and asks the orchestrator for the real status.
 */
export function consumeMqtt(parts: {
  connection: MqttConnection<Topics>;
  intake: PointIntake;
  metrics: Metrics;
  logger: Logger;
  nudge: () => void;
  signal: AbortSignal;
}): void {
  const { connection, intake, metrics, logger, nudge, signal } = parts;
  const { client, topics } = connection;
  let current = new AbortController();
  const logDrop = createDropLog(logger);
  const inHand = new Semaphore(MAX_IN_HAND);

  client.on('connect', () => {
    // The MQTT connection logs a refusal, and `/health` reports it.
    connection.subscribe([topics.allPoints, topics.allStatuses]).catch(() => undefined);
    nudge();
  });
  client.on('close', () => {
    // Never acknowledge on a new connection a message that the old one delivered.
    current.abort();
    current = new AbortController();
  });
  client.handleMessage = (packet, done) => {
    // On arrival: the check may end before the message is handled.
    if (!topics.parseSession(packet.topic) && connection.readsEcho(packet.topic)) {
      metrics.messagesKnown.inc();
      done();
      return;
    }
    const { signal: connected } = current;
    // Rejects only when the gateway ends.
    inHand.runExclusive(() => handle(packet, signal)).catch(() => undefined);
    void inHand.waitForUnlock().then(() => {
      if (!connected.aborted) done();
    });
  };

  async function handle(packet: IPublishPacket, until: AbortSignal): Promise<void> {
    const outcome = await untilStored(() => record(packet), logger, until);
    if (outcome === 'known') metrics.messagesKnown.inc();
    if (typeof outcome !== 'object') return;
    metrics.messagesDropped.inc({ reason: outcome.dropped });
    logDrop(packet.topic, outcome.detail ?? outcome.dropped);
  }

  async function record(packet: IPublishPacket): Promise<Outcome> {
    const topic = topics.parseSession(packet.topic);
    if (!topic || topic.sessionId > 2_147_483_647) return { dropped: 'unknown session' };
    if (topic.leaf === 'points') {
      const message = parse(packet.payload, pointMessageSchema);
      return message ? intake.point(topic.sessionId, message) : { dropped: 'not a point' };
    }
    if (packet.payload.length === 0) return 'known'; // a retained status was cleared
    const message = parse(packet.payload, statusMessageSchema);
    if (message?.session_id !== topic.sessionId) return { dropped: 'not a status' };
    const report = statusReport(message);
    return report ? intake.statusHint(topic.sessionId, report, message.total) : { dropped: 'not a status' };
  }
}

/**
 * Retries until the database stores the message. A message that the database refuses permanently is
 * dropped.
 */
async function untilStored(
  work: () => Promise<Outcome>,
  logger: Logger,
  until: AbortSignal,
): Promise<Outcome> {
  for (let attempt = 0; ; attempt++) {
    until.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      const kind = errorKind(error);
      if (!(error instanceof SkyScanError) || (kind !== 'unavailable' && kind !== 'no_room')) {
        logger.error({ err: error }, 'a message could not be stored');
        return { dropped: 'off the plan', detail: `refused: ${errorMessage(error)}` };
      }
    }
    await sleep(backoffMs(attempt, 50, 2_000), until);
  }
}

function parse<S extends z.ZodType>(payload: Buffer | string, schema: S): z.infer<S> | undefined {
  if (payload.length > MAX_PAYLOAD_BYTES) return undefined;
  try {
    return schema.safeParse(JSON.parse(payload.toString())).data;
  } catch {
    return undefined;
  }
}

function statusReport(message: StatusMessage): StatusReport | undefined {
  const dates = [message.started_at, message.finished_at, message.eta].map((text) =>
    text === null ? null : new Date(text),
  );
  // PostgreSQL has no year 0, and no session ran before 1970.
  if (dates.some((date) => date !== null && !(date.getTime() >= 0))) return undefined;
  if (message.notes !== null && !isStorableText(message.notes)) return undefined;
  const [startedAt = null, finishedAt = null, eta = null] = dates;
  const { status, revision, completed, notes } = message;
  if (message.fault && !isStorableText(message.fault.observation)) return undefined;
  const fault = message.fault && {
    observation: message.fault.observation,
    forS: Math.min(message.fault.for_s, MAX_DURATION_S),
    pausesInS:
      message.fault.pauses_in_s === null ? null : Math.min(message.fault.pauses_in_s, MAX_DURATION_S),
  };
  return {
    status,
    revision,
    completed,
    notes,
    startedAt,
    finishedAt,
    eta,
    fault: fault ? storedFault(fault, Date.now()) : null,
    rotorRests: message.rotor_rests,
    resumesItself: message.resumes_itself,
  };
}
