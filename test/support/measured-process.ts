import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A service as a process of its own, from `dist`, whose memory and handles can be looked at. */
export interface MeasuredProcess {
  pid: number;
  port: number;
  /** VmRSS of /proc/PID/status. */
  rssBytes(): number;
  /** Open files and sockets. */
  fds(): number;
  /** What is alive after a garbage collection. */
  heapBytes(): Promise<number>;
  /**
   * The longest time for which its event loop stood still since the last call, ms; the first call
   * begins to watch.
   */
  longestBlockMs(): Promise<number>;
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>;
}

const SERVICES = new URL('../../dist/services/', import.meta.url);

// Runs before the service: answers `heap` and `block` on the IPC channel.
const REPORTER = `import { monitorEventLoopDelay } from 'node:perf_hooks';
const delays = monitorEventLoopDelay({ resolution: 1 });
process.on('message', (asked) => {
  if (asked === 'block') {
    delays.enable();
    process.send({ longestBlockMs: delays.max / 1e6 });
    delays.reset();
  }
  if (asked !== 'heap') return;
  gc();
  process.send({ heapBytes: process.memoryUsage().heapUsed });
});`;

export async function startMeasuredProcess(
  name: 'api-gateway' | 'scan-orchestrator',
  env: Record<string, string>,
): Promise<MeasuredProcess> {
  const child = fork(fileURLToPath(new URL(`${name}/main.js`, SERVICES)), {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LOG_LEVEL: 'warn', ...env },
    execArgv: ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(REPORTER)}`],
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
  return {
    pid,
    port: facts.port,
    rssBytes: () => rssOf(pid),
    fds: () => readdirSync(`/proc/${pid}/fd`).length,
    heapBytes: async () => (await ask<{ heapBytes: number }>('heap')).heapBytes,
    longestBlockMs: async () => (await ask<{ longestBlockMs: number }>('block')).longestBlockMs,
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

/** For people: `12.3 MiB`. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
