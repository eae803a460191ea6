import mqtt from 'mqtt';
import WebSocket from 'ws';
import type { StatusMessage } from '#contract/mqtt-messages';
import { checkedLiveMessage, checkedMqttMessage } from '../support/checked-message.ts';
import type { TestStack } from '../support/stack.ts';
import { FORGED_REVISION } from './rotor-faults.ts';

/** A status as an observer received it. */
export interface ObservedStatus {
  status: string;
  revision?: number;
}

/** A viewer that reconnects after every loss and continues after the last point received. */
export interface ViewerObserver {
  readonly seqs: number[];
  /** Without repetitions in a row; the first status after a reconnect may repeat an older one. */
  readonly statuses: ObservedStatus[];
  close(): void;
}

const RECONNECT_MS = 100;

/** `apiKey`: undefined if the gateway requires none. */
export function watchAsViewer(
  stack: Pick<TestStack, 'httpUrl'>,
  sessionId: number,
  apiKey?: string,
): ViewerObserver {
  const seqs: number[] = [];
  const statuses: ObservedStatus[] = [];
  let closed = false;
  let socket: WebSocket;

  function connect(): void {
    if (closed) return;
    const after = seqs.at(-1) ?? 0;
    const url = `${stack.httpUrl.replace('http', 'ws')}/ws/skyscan/${sessionId}?after=${after}&detail=full`;
    const headers = apiKey === undefined ? {} : { 'X-API-Key': apiKey };
    socket = new WebSocket(url, { handshakeTimeout: 2_000, headers });
    socket.on('message', (data: Buffer) => {
      const message = checkedLiveMessage(url, data.toString()) as {
        status: string;
        point: { seq: number } | null;
      };
      if (message.point) seqs.push(message.point.seq);
      if (statuses.at(-1)?.status !== message.status) statuses.push({ status: message.status });
    });
    socket.on('error', () => undefined);
    // 1000: the session has ended and the stream is complete.
    socket.on('close', (code) => {
      if (code !== 1000) setTimeout(connect, RECONNECT_MS).unref();
    });
  }

  connect();
  return {
    seqs,
    statuses,
    close() {
      closed = true;
      socket.terminate();
    },
  };
}

/**
 * A subscriber of the broker. Messages that it misses while the broker is down are not repeated.
 */
export interface BrokerObserver {
  /** Statuses of a session in the order of arrival, without retained repetitions. */
  statuses(sessionId: number): ObservedStatus[];
  /** The status that the broker retains for new subscribers. */
  retained(sessionId: number): Promise<StatusMessage | undefined>;
  close(): Promise<void>;
}

export async function watchBroker(url: string): Promise<BrokerObserver> {
  const seen = new Map<number, ObservedStatus[]>();
  const client = await mqtt.connectAsync(url, { reconnectPeriod: RECONNECT_MS });
  client.on('error', () => undefined);
  client.on('message', (topic, payload, { retain }) => {
    if (retain || !topic.endsWith('/status') || payload.length === 0) return;
    const message = statusOf(topic, payload);
    if (message.revision === FORGED_REVISION) return;
    const list = seen.get(message.session_id) ?? [];
    seen.set(message.session_id, list);
    list.push({ status: message.status, revision: message.revision });
  });
  await client.subscribeAsync('skyscan/sessions/#', { qos: 1 });
  return {
    statuses: (sessionId) => inOrder(seen.get(sessionId) ?? []),
    retained: (sessionId) => retainedStatus(url, sessionId),
    close: () => client.endAsync(true),
  };
}

/** The status that the broker at `url` retains; undefined: none. */
export async function retainedStatus(url: string, sessionId: number): Promise<StatusMessage | undefined> {
  const newcomer = await mqtt.connectAsync(url);
  try {
    const first = new Promise<StatusMessage>((resolve) => {
      newcomer.on('message', (topic, payload) => resolve(statusOf(topic, payload)));
    });
    await newcomer.subscribeAsync(`skyscan/sessions/${sessionId}/status`, { qos: 1 });
    return await Promise.race([
      first,
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 500)),
    ]);
  } finally {
    await newcomer.endAsync(true);
  }
}

function statusOf(topic: string, payload: Buffer): StatusMessage {
  return checkedMqttMessage(topic, payload.toString()) as StatusMessage;
}

/** QoS 1 may repeat older messages: keep only increasing revisions. */
function inOrder(statuses: ObservedStatus[]): ObservedStatus[] {
  let highest = -1;
  return statuses.filter(({ revision = 0 }) => {
    if (revision <= highest) return false;
    highest = revision;
    return true;
  });
}
