import { WebSocket } from 'ws';
import { checkedLiveMessage } from '../support/checked-message.ts';

// viewer-client.ts URL,URL,... COUNT: opens COUNT viewers of sessions, in turn at each URL.
// Sends `ready` when all are connected, and the arrival times on request.

/** Arrivals of points at all viewers. */
export interface Arrivals {
  /** Seq of the i-th arrival. */
  seqs: Uint32Array;
  /** The URL of its viewer, by index. */
  urls: Uint16Array;
  /** `process.hrtime`, milliseconds; the same clock in every process of a machine. */
  atMs: Float64Array;
  /** Number of viewers that are still connected. */
  connected: number;
}

const [list = '', count = '0'] = process.argv.slice(2);
const addresses = list.split(',');
const MAX_POINTS = 2_000_000;
const CHECK_EVERY = 1_000;
// The published message contains the seq of a point only as the number of stored points.
const COMPLETED = /"completed":(\d+)/;
const seqs = new Uint32Array(MAX_POINTS);
const urls = new Uint16Array(MAX_POINTS);
const atMs = new Float64Array(MAX_POINTS);
let arrivals = 0;
let connected = 0;

process.on('message', () => {
  const answer: Arrivals = {
    seqs: seqs.slice(0, arrivals),
    urls: urls.slice(0, arrivals),
    atMs: atMs.slice(0, arrivals),
    connected,
  };
  process.send?.(answer);
});

for (let i = 0; i < Number(count); i++) await join(i % addresses.length);
process.send?.('ready');

function join(index: number): Promise<void> {
  const url = addresses[index] ?? '';
  const socket = new WebSocket(url);
  socket.on('message', (data: Buffer) => {
    const now = Number(process.hrtime.bigint()) / 1e6;
    const text = data.toString('latin1');
    // Checks cost more than the messages and would delay the timed ones.
    if (arrivals % CHECK_EVERY === 0) checkedLiveMessage(url, text);
    if (text.includes('"point":null') || arrivals === MAX_POINTS) return;
    urls[arrivals] = index;
    seqs[arrivals] = Number(COMPLETED.exec(text)?.[1]);
    atMs[arrivals++] = now;
  });
  socket.on('close', () => connected--);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    // The first message is the status; after it the viewer is subscribed.
    socket.once('message', () => {
      connected++;
      resolve();
    });
  });
}
