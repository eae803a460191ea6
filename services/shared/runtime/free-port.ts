import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { SkyScanError } from '../base/errors.ts';

/**
 * Below the ports that Linux gives to connections and to servers on port 0 (from 32768,
 * net.ipv4.ip_local_port_range): the program listens only later, and one of them might be taken in
 * the meantime. Its client would then connect to another server.
 */
const PORTS = { first: 10_240, count: 22_528 };
/**
 * Every process has its own block of ports, so that two which start at the same time, with process
 * ids close to each other, do not choose the same port before one of them listens.
 */
const BLOCK = 16;
const MAX_ATTEMPTS = 100;

const HOST = '127.0.0.1';

let choices = randomInt(BLOCK);

/**
 * Returns a currently free port on loopback, for programs that cannot choose one themselves; none
 * of `chosen`.
 */
export async function freePort(chosen: ReadonlySet<number> = new Set()): Promise<number> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const offset = attempt <= BLOCK ? process.pid * BLOCK + (choices++ % BLOCK) : randomInt(PORTS.count);
    const port = PORTS.first + (offset % PORTS.count);
    if (!chosen.has(port) && (await listenProblem(port, HOST)) === undefined) return port;
  }
  const last = PORTS.first + PORTS.count - 1;
  throw new SkyScanError('unavailable', `no free port on ${HOST} in ${PORTS.first}..${last}`);
}

/** The error code if a server could not listen on this port now. */
export function listenProblem(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
