import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createLineSplitter } from '#shared/runtime/lines';
import { exitWithParent } from '#shared/runtime/exit-with-parent';

export interface ChildHandlers {
  onStdout?(text: string): void;
  onStderrLine(line: string): void;
  /** Called once when the process has ended, for any reason. */
  onExit(reason: string): void;
}

/** A child process. */
export interface Child {
  /** Resolves once the process has ended. With `graceMs` > 0, sends SIGTERM before SIGKILL. */
  end(graceMs: number): Promise<void>;
}

const MAX_STDERR_LINE = 1_000;
// A process inside a broken USB driver may survive even SIGKILL for some time.
const KILL_TIMEOUT_MS = 2_000;

/**
 * Starts a program with an argument list, never through a shell; if the system supports it, the
 * program ends with this process.
 */
export function startChild(program: string, args: readonly string[], handlers: ChildHandlers): Child {
  const [command, ...rest] = [...exitWithParent('KILL'), program, ...args] as [string, ...string[]];
  // Programs then print their times in UTC.
  const env = { ...process.env, TZ: 'UTC' };
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const lines = createLineSplitter(MAX_STDERR_LINE, 'drop');
  let lastLine: string | undefined;
  let over = false;

  child.stdout.setEncoding('latin1').on('data', (text: string) => handlers.onStdout?.(text));
  child.stderr.setEncoding('latin1').on('data', (text: string) => {
    for (const line of lines.push(text)) {
      if (line.trim()) lastLine = line.trim();
      handlers.onStderrLine(line);
    }
  });
  child.once('error', (error) => exit(error.message));
  child.once('close', (code, signal) => exit(lastLine ?? `exited with ${signal ?? code}`));

  function exit(reason: string): void {
    if (over) return;
    over = true;
    handlers.onExit(reason);
  }

  return {
    async end(graceMs) {
      if (over || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const closed = once(child, 'close');
      if (graceMs > 0) {
        child.kill('SIGTERM');
        await Promise.race([closed, delay(graceMs)]);
      }
      child.kill('SIGKILL');
      await Promise.race([closed, delay(KILL_TIMEOUT_MS)]);
    },
  };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
