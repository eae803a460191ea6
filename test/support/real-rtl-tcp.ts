import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '#shared/runtime/free-port';
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
