import { WebSocket } from 'ws';
import { checkedLiveMessage } from '../support/checked-message.ts';

// viewer-client.ts URL COUNT: so many viewers of one session. Says `ready` when all are there;
// asked, when each of them got what.

/** When points arrived, of all viewers together. */
export interface Arrivals {
  /** Of the i-th arrival. */
  seqs: Uint32Array;
  /** `process.hrtime`, milliseconds; the same clock in every process of a machine. */
  atMs: Float64Array;
  /** Viewers that are still there. */
  connected: number;
}

const [url = '', count = '0'] = process.argv.slice(2);
const MOST = 2_000_000;
const CHECK_EVERY = 1_000;
// The seq of a point in the published message: so many are stored with it.
const COMPLETED = /"completed":(\d+)/;
const seqs = new Uint32Array(MOST);
const atMs = new Float64Array(MOST);
let arrivals = 0;
let connected = 0;

process.on('message', () => {
  const told: Arrivals = { seqs: seqs.slice(0, arrivals), atMs: atMs.slice(0, arrivals), connected };
  process.send?.(told);
});

for (let i = 0; i < Number(count); i++) await join();
process.send?.('ready');

function join(): Promise<void> {
  const socket = new WebSocket(url);
  socket.on('message', (data: Buffer) => {
    const now = Number(process.hrtime.bigint()) / 1e6;
    const text = data.toString('latin1');
    // Checks cost more than the messages, and would delay those that are timed.
    if (arrivals % CHECK_EVERY === 0) checkedLiveMessage(url, text);
    if (text.includes('"point":null') || arrivals === MOST) return;
    seqs[arrivals] = Number(COMPLETED.exec(text)?.[1]);
    atMs[arrivals++] = now;
  });
  socket.on('close', () => connected--);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    // The first message is the status: from then on it follows the session.
    socket.once('message', () => {
      connected++;
      resolve();
    });
  });
}
