import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SMALL_HEAP } from '../../services/launcher/programs.ts';

/**
 * A service as a process, from `dist`, started like by the launcher, with its memory and handle
 * usage.
 */
export interface MeasuredProcess {
  pid: number;
  port: number;
  /** VmRSS of /proc/PID/status. */
  rssBytes(): number;
  /** Open files and sockets. */
  fds(): number;
  /** Used heap after a garbage collection. */
  heapBytes(): Promise<number>;
  /**
   * Used heap and the buffers outside it after a garbage collection: what the process still refers
   * to. The RSS also has what V8 and the allocator have not returned, up to 80 MiB.
   */
  heldBytes(): Promise<number>;
  /**
   * Longest block of the event loop since the last call, ms; the first call starts the measurement.
   */
  maxBlockMs(): Promise<number>;
  /** Sends SIGTERM; resolves when the process has exited. */
  stop(): Promise<void>;
}

const SERVICES = new URL('../../dist/services/', import.meta.url);

// Loaded before the service: replies to `memory` and `block` on the IPC channel.
const REPORTER = `import { monitorEventLoopDelay } from 'node:perf_hooks';
const delays = monitorEventLoopDelay({ resolution: 1 });
process.on('message', (asked) => {
  if (asked === 'block') {
    delays.enable();
    process.send({ maxBlockMs: delays.max / 1e6 });
    delays.reset();
  }
  if (asked !== 'memory') return;
  gc();
  process.send(process.memoryUsage());
});`;

export async function startMeasuredProcess(
  name: 'api-gateway' | 'scan-orchestrator',
  env: Record<string, string>,
): Promise<MeasuredProcess> {
  const child = fork(fileURLToPath(new URL(`${name}/main.js`, SERVICES)), {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LOG_LEVEL: 'warn', ...env },
    execArgv: [
      ...SMALL_HEAP,
      '--expose-gc',
      '--import',
      `data:text/javascript,${encodeURIComponent(REPORTER)}`,
    ],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [facts] = (await Promise.race([
    once(child, 'message'),
    exited.then(() => Promise.reject(new Error(`${name} does not start`))),
  ])) as [{ port: number }];
  const pid = child.pid ?? 0;
  async function ask<T>(what: string): Promise<T> {
    const answered = once(child, 'message');
    child.send(what);
    return ((await answered) as [T])[0];
  }
  const memory = () => ask<NodeJS.MemoryUsage>('memory');
  return {
    pid,
    port: facts.port,
    rssBytes: () => rssOf(pid),
    fds: () => readdirSync(`/proc/${pid}/fd`).length,
    heapBytes: async () => (await memory()).heapUsed,
    async heldBytes() {
      const { heapUsed, external } = await memory();
      return heapUsed + external;
    },
    maxBlockMs: async () => (await ask<{ maxBlockMs: number }>('block')).maxBlockMs,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function rssOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) * 1024;
}

/** For example `12.3 MiB`. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
