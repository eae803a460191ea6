import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from './compile-cache.ts';

/** A service as a process, from `dist`, without a supervisor. */
export interface ServiceProcess {
  pid: number;
  /** Data of its ready message; undefined when it exited before. */
  facts: { port: number } | undefined;
  /** Resolves with the exit code or signal. */
  exited: Promise<number | NodeJS.Signals>;
  /** Its log output so far. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts `services/NAME/main.js` with this environment and PATH; resolves when it is ready or has
 * exited.
 */
export async function startServiceProcess(
  name: string,
  env: Record<string, string>,
): Promise<ServiceProcess> {
  const main = fileURLToPath(new URL(`../../dist/services/${name}/main.js`, import.meta.url));
  const child = fork(main, {
    env: { PATH: process.env['PATH'], ...COMPILE_CACHE, ...env },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  const ready = once(child, 'message').then(([facts]) => facts as { port: number });
  ready.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    facts: await Promise.race([ready, exited.then(() => undefined)]),
    exited,
    output: () => output,
    kill: (signal) => void child.kill(signal),
  };
}
