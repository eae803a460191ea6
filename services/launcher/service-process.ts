import { fork, type ChildProcess } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { SkyScanError } from '#shared/base/errors';
import { createLineSplitter } from '#shared/runtime/lines';
import { untilExit } from './child-exit.ts';
import { fatalMessage } from './log-summary.ts';
import type { Running } from './supervisor.ts';

export interface ServiceProgram {
  name: string;
  /** JavaScript file, run by the Node of this process. */
  entry: string;
  env: NodeJS.ProcessEnv;
  /** Node options, such as `--max-old-space-size=128`. */
  nodeOptions: string[];
}

export interface ServiceOutput {
  chunk(bytes: Buffer): void;
  line(text: string): void;
}

// Longer lines are truncated.
const MAX_LINE = 16_384;
// A Raspberry Pi with a cold disk needs some seconds for each of the seven processes that start
// together.
const READY_DEADLINE_MS = 45_000;

/**
 * Starts a service and resolves when it has reported `{ ready: true }`. The service ends with the
 * IPC channel, so it cannot outlive the launcher. Throws `unavailable` with the service's last
 * error if it exits before.
 */
export function startService(
  program: ServiceProgram,
  output: ServiceOutput,
  signal: AbortSignal,
): Promise<Running> {
  signal.throwIfAborted();
  const child = fork(program.entry, [], {
    env: program.env,
    execArgv: program.nodeOptions,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C reaches the terminal's process group; only the launcher decides the order in which
    // processes stop.
    detached: true,
  });
  let lastError: string | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    const lines = createLineSplitter(MAX_LINE, 'cut');
    const decoder = new StringDecoder('utf8');
    stream?.on('data', (bytes: Buffer) => {
      output.chunk(bytes);
      for (const line of lines.push(decoder.write(bytes))) {
        lastError = fatalMessage(line) ?? lastError;
        output.line(line);
      }
    });
  }
  const exited = untilExit(child);
  return new Promise((resolve, reject) => {
    const abandon = (reason: string) => {
      lastError ??= reason;
      child.kill('SIGKILL');
    };
    const giveUp = setTimeout(abandon, READY_DEADLINE_MS, `not ready after ${READY_DEADLINE_MS / 1000} s`);
    const onAbort = () => abandon('stopped');
    signal.addEventListener('abort', onAbort);
    const settle = () => {
      clearTimeout(giveUp);
      signal.removeEventListener('abort', onAbort);
    };
    child.on('message', (message) => {
      if (!isReady(message) || child.pid === undefined) return;
      settle();
      resolve({ pid: child.pid, facts: message, exited, stop: (graceMs) => stop(child, exited, graceMs) });
    });
    void exited.then((exit) => {
      settle();
      reject(new SkyScanError('unavailable', `${program.name} does not start: ${lastError ?? exit}`));
    });
  });
}

async function stop(child: ChildProcess, exited: Promise<string>, graceMs: number): Promise<void> {
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(force);
}

function isReady(message: unknown): message is Record<string, unknown> {
  return typeof message === 'object' && message !== null && (message as { ready?: unknown }).ready === true;
}
