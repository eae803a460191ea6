import { hasEnded, type SessionStatus } from '#contract/session-status';
import WebSocket from 'ws';
import mqtt from 'mqtt';
import type { PointMessage, StatusMessage } from '#contract/mqtt-messages';
import type { TestStack } from './stack.ts';
import { checkedLiveMessage, checkedMqttMessage } from './checked-message.ts';
import { until } from './until.ts';

/** A session as published. */
export interface PublishedSession {
  id: number;
  rotor_id: number;
  status: SessionStatus;
  total_points: number;
  completed_points: number;
  progress_pct: number;
  started_at: string | null;
  finished_at: string | null;
  notes: string | null;
}

export interface PublishedMessage {
  session_id: number;
  status: SessionStatus;
  point: Record<string, unknown> | null;
  progress_pct: number;
  completed: number;
  total: number;
}

const GAIN_DB = 29.7;

/** `dbm_offset_db` that calibrates the simulated dongle at the gain of `fastRotor`. */
export async function simulatedOffsetDb(stack: TestStack): Promise<number> {
  const { body } = await stack.simulator<{ dongle: { dbm_offset_db: number; gain_db: number } }>(
    'GET',
    '/state',
  );
  const { dongle } = body;
  return dongle.dbm_offset_db + dongle.gain_db - GAIN_DB;
}

/** Body of `POST /api/rotors` for the simulated rotator of `FAST_SIMULATOR`. */
export function fastRotor(
  stack: { addresses: { simulator: { rotctldPort: number } } },
  change: object = {},
): object {
  return {
    name: 'simulated',
    port: stack.addresses.simulator.rotctldPort,
    tolerance_deg: 0.5,
    settle_ms: 20,
    az_speed_deg_s: 360,
    el_speed_deg_s: 240,
    az_acceleration_deg_s2: 3600,
    el_acceleration_deg_s2: 2400,
    gain_db: GAIN_DB,
    read_ms: 5,
    ...change,
  };
}

/** Sends a request that must succeed. */
export async function callApi<T>(stack: TestStack, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await stack.api<T>(method, path, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export function getSession(stack: TestStack, id: number): Promise<PublishedSession> {
  return callApi<PublishedSession>(stack, 'GET', `/api/skyscan/${id}`);
}

/** Waits for a status; fails at once, with the notes, when the session ends in another status. */
export async function untilStatus(
  stack: TestStack,
  id: number,
  status: string,
  timeoutMs = 300_000,
): Promise<PublishedSession> {
  let last: PublishedSession | undefined;
  const final = await until(
    `session ${id} ${status}`,
    async () => {
      last = await getSession(stack, id);
      return last.status === status || hasEnded(last.status) ? last : undefined;
    },
    timeoutMs,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; it is ${JSON.stringify(last)}`);
  });
  if (final.status !== status) throw new Error(`session ${id} is ${final.status}: ${String(final.notes)}`);
  return final;
}

/** Collects a viewer's messages; `closed` resolves with the close code. */
export function watchSession(stack: TestStack, path: string, protocols: string[] = []) {
  const socket = new WebSocket(`${stack.httpUrl.replace('http', 'ws')}/ws/skyscan/${path}`, protocols);
  const messages: PublishedMessage[] = [];
  socket.on('message', (data: Buffer) =>
    messages.push(checkedLiveMessage(`/ws/skyscan/${path}`, data.toString()) as PublishedMessage),
  );
  const closed = new Promise<{ code: number; reason: string }>((resolve, reject) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    socket.on('error', reject);
  });
  closed.catch(() => undefined);
  return { socket, messages, closed };
}

/** Collects the messages of an MQTT subscriber. */
export async function listenToBroker(url: string) {
  const client = await mqtt.connectAsync(url);
  const points: PointMessage[] = [];
  const statuses: StatusMessage[] = [];
  client.on('message', (topic, payload) => {
    const message = checkedMqttMessage(topic, payload.toString());
    if (topic.endsWith('/points')) points.push(message as PointMessage);
    if (topic.endsWith('/status')) statuses.push(message as StatusMessage);
  });
  await client.subscribeAsync('skyscan/sessions/#', { qos: 1 });
  return { points, statuses, close: () => client.endAsync() };
}
