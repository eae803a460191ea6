import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Returns a currently free port, for programs that cannot choose one themselves. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  await once(server.listen({ port: 0, host, exclusive: true }), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
