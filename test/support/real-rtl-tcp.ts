import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { DongleBench } from './librtlsdr.ts';

/**
 * The real rtl_tcp with a dongle of the bench, as on another host. It may not listen immediately.
 */
export async function startRealRtlTcp(
  bench: DongleBench,
  serial: string,
): Promise<{ port: number; close(): Promise<void> }> {
  const port = await freePort();
  const args = ['-a', '127.0.0.1', '-p', String(port), '-d', serial, '-n', '64'];
  const server = spawn('rtl_tcp', args, { stdio: 'ignore', env: { ...process.env, ...bench.env } });
  const ended = once(server, 'close');
  return {
    port,
    async close() {
      server.kill('SIGKILL');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
