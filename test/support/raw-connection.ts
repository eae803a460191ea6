import { connect, type Socket } from 'node:net';

/** A connection that sends raw bytes. */
export interface Raw {
  socket: Socket;
  text: string;
  closed: boolean;
}

/** A client that always keeps its half of the connection open. */
export function openRaw(port: number, ...texts: string[]): Raw {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const raw: Raw = { socket, text: '', closed: false };
  socket.on('data', (chunk) => (raw.text += chunk.toString('latin1')));
  socket.on('error', () => (raw.closed = true));
  socket.on('close', () => (raw.closed = true));
  for (const text of texts) socket.write(text);
  return raw;
}
