import { createServer } from 'node:net';
import { SkyScanError } from '#shared/errors';

/** Whether a server could listen there now. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return (await listenOnce(port, host)) !== undefined;
}

/** Throws `busy` naming the variable when somebody listens on its port. */
export async function requireFree(variable: string, port: number, host?: string): Promise<void> {
  if (port === 0 || (await isPortFree(port, host))) return;
  throw new SkyScanError(
    'busy',
    `${variable} ${port} is in use by another program; set ${variable} to a free port`,
  );
}

/** A port that nobody listens on at this moment, for a child that has to keep its address when it is restarted. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const port = await listenOnce(0, host);
  if (port === undefined) throw new Error(`no free port on ${host}`);
  return port;
}

/** Several at once, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

function listenOnce(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
