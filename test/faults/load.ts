// The process that creates the load for stop-under-load.timed.test.ts. It sends `ready` when the
// load is complete and holds it until it is killed.
import { connect } from 'node:net';
import { WebSocket } from 'ws';

/** Load to put on a gateway. */
export interface Load {
  kind:
    | 'half requests'
    | 'half upgrades'
    | 'downloads'
    | 'clients that never read'
    | 'pipelined'
    | 'replays'
    | 'loop';
  count: number;
  port: number;
  key: string;
  /** The session with many points. */
  sessionId: number;
  rotorId: number;
}

const load = JSON.parse(process.argv[2] ?? '') as Load;
const { count, port, key, sessionId, rotorId } = load;
const AT_ONCE = 100;
const authorization = `Authorization: Bearer ${key}`;
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${authorization}\r\n`;
const data = `/api/skyscan/${sessionId}/data`;

/** Opens a connection and sends text; resolves when it is connected or refused. */
function raw(text: string, reads: boolean): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => resolve());
    socket.once('close', () => resolve());
    socket.once('connect', () => {
      socket.write(text);
      resolve();
    });
    if (reads) socket.resume();
  });
}

/** Opens `count` connections, `AT_ONCE` at a time. */
async function many(one: () => Promise<void>): Promise<void> {
  for (let opened = 0; opened < count; opened += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - opened) }, one));
}

/** Repeats the request, `count` at a time. */
function loop(one: () => Promise<unknown>): void {
  const again = (): void => void one().then(again, () => setTimeout(again, 10));
  for (let i = 0; i < count; i++) again();
}

const ask = async (path: string, init: RequestInit = {}): Promise<void> => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers });
  for await (const _ of response.body ?? []);
};

function replay(): Promise<void> {
  return new Promise((resolve) => {
    const url = `ws://127.0.0.1:${port}/ws/skyscan/${sessionId}?after=0&detail=full`;
    const socket = new WebSocket(url, ['skyscan', `bearer.${key}`]);
    socket.once('open', () => {
      socket.pause();
      resolve();
    });
    socket.on('error', () => resolve());
  });
}

switch (load.kind) {
  case 'half requests':
    await many(() => raw('POST /api/rotors/1/stop HTTP/1.1\r\nHost: localhost\r\nX-', false));
    break;
  case 'half upgrades':
    await many(() =>
      raw(
        `GET /ws/skyscan/${sessionId} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
        false,
      ),
    );
    break;
  case 'downloads':
    loop(() => ask(data));
    break;
  case 'clients that never read':
    await many(() => raw(`${get(data)}\r\n`, false));
    break;
  case 'pipelined':
    await raw(`${get(data)}\r\n`.repeat(count), true);
    break;
  case 'replays':
    await many(replay);
    break;
  case 'loop': {
    const body = JSON.stringify({
      rotor_id: rotorId,
      az_start: 0,
      az_end: 359,
      el_start: 10,
      el_end: 80,
      step_deg: 1,
    });
    loop(async () => {
      await ask('/api/skyscan/preview', { method: 'POST', body });
      await ask(`/api/rotors/${rotorId}/test`);
    });
    break;
  }
}
process.send?.('ready');
