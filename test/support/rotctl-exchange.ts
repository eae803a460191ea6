import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { findProgram } from './peers.ts';
import { until } from './until.ts';

/** Hamlib's own rotctld with the dummy rotator; at 0, 0, moving at 6 deg/s. */
export async function startRealRotctld(): Promise<{ port: number; close(): Promise<void> }> {
  const program = findProgram('rotctld');
  if (!program) throw new Error('rotctld is not installed');
  const port = await freePort();
  const child = spawn(program, ['-m', '1', '-T', '127.0.0.1', '-t', String(port)], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await until('rotctld answers', () => exchange(port, 'p\n').catch(() => undefined));
  return {
    port,
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/**
 * Sends bytes on a new connection and returns every byte of the reply, up to the end of the
 * connection or the reply to a final query (a `p` with `%` between the lines), which is removed.
 * After a `q` there is no query: the server would reset the connection.
 */
export async function exchange(port: number, input: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.setEncoding('latin1');
  await once(socket, 'connect');
  const question = '\n%p\n';
  const answer = /get_pos:%Azimuth: [-.\d]+%Elevation: [-.\d]+%RPRT 0\n$/;
  socket.write(/q$/i.test(input) ? input : input + question, 'latin1');
  let received = '';
  try {
    for await (const piece of socket) {
      received += piece as string;
      if (answer.test(received)) break;
    }
  } finally {
    socket.destroy();
  }
  return received.replace(answer, '');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
