import { once } from 'node:events';
import { connect } from 'node:net';

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
