import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import { checkedLiveMessage } from './checked-message.ts';

// Every n-th message of a flood is checked.
const CHECK_EVERY = 500;

export interface TestSocket<M = Message> {
  /** Parsed messages in the order of arrival. */
  messages: M[];
  closed: Promise<{ code: number; reason: string }>;
  protocol: string;
  send: (data: string | Buffer) => void;
  /** Stops reading from the socket. */
  pause: () => void;
  resume: () => void;
  close: () => void;
}

/** A message of the session WebSocket. */
export interface Message {
  session_id: number;
  status: string;
  point: null | (Record<string, unknown> & { measured_at: string });
  progress_pct: number;
  completed: number;
  total: number;
}

/** The points of a session WebSocket, by their seqs. */
export function seqsOf({ messages }: TestSocket): number[] {
  return messages.filter(({ point }) => point).map(({ completed }) => completed);
}

/** Opens a WebSocket and collects its messages, each checked against the contract. */
export function openSocket<M = Message>(
  url: string,
  protocols: string[] = [],
  options: ClientOptions = {},
): Promise<TestSocket<M>> {
  return open(url, (text) => checkedLiveMessage(url, text) as M, protocols, options);
}

/**
 * The same for floods of messages: only some are checked, because checks cost more than the
 * messages.
 */
export function openFloodSocket<M = Message>(url: string): Promise<TestSocket<M>> {
  let count = 0;
  return open(url, (text) => {
    if (count++ % CHECK_EVERY === 0) return checkedLiveMessage(url, text) as M;
    return JSON.parse(text) as M;
  });
}

async function open<M>(
  url: string,
  parse: (text: string) => M,
  protocols: string[] = [],
  options: ClientOptions = {},
): Promise<TestSocket<M>> {
  const socket = new WebSocket(url, protocols, options);
  const messages: M[] = [];
  socket.on('message', (data) => messages.push(parse((data as Buffer).toString())));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(socket, 'open');
  socket.on('error', () => undefined);
  return {
    messages,
    closed,
    protocol: socket.protocol,
    send: (data) => socket.send(data),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.close(),
  };
}

/** The HTTP status of a refused upgrade. */
export async function upgradeStatus(
  url: string,
  headers: Record<string, string> = {},
  protocols: string[] = [],
): Promise<number> {
  const socket = new WebSocket(url, protocols, { headers });
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.on('open', () => {
      socket.close();
      reject(new Error('the upgrade was not refused'));
    });
    socket.on('error', reject);
  });
}
