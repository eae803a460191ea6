import { fork, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { siblingProgram } from '#shared/runtime/sibling-program';
import type { DrawCommand, DrawResult } from './messages.ts';

/**
 * The process that draws maps. A million cells and the PNG encoding take seconds of CPU time and
 * hundreds of megabytes in native code, which must not affect recording.
 */
export interface DrawingProcess {
  /** Starts the process unless it runs. */
  start(): RunningProcess;
  /** Stops it when it has not been started again for a while. */
  stopWhenIdle(): void;
  stop(): void;
}

/** Both methods throw `unavailable` when the process has exited. */
interface RunningProcess {
  /** Resolves when the message has been sent: at most one chunk waits in this process. */
  send(command: DrawCommand): Promise<void>;
  /** The next result. */
  result(): Promise<DrawResult>;
}

// Stops the process of an idle gateway to free its memory.
const IDLE_MS = 30_000;
// Recording points has priority.
const PRIORITY = 10;

const PROGRAM = siblingProgram(import.meta.url, 'process');

export function createDrawingProcess(logger: Logger): DrawingProcess {
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;

  function stop(): void {
    clearTimeout(idle);
    child?.kill('SIGKILL');
    child = undefined;
  }

  return {
    start() {
      clearTimeout(idle);
      if (!child?.connected) child = startChild(logger);
      const running = child;
      return { send: (command) => send(running, command), result: () => resultOf(running) };
    },
    stopWhenIdle() {
      idle = setTimeout(stop, IDLE_MS).unref();
    },
    stop,
  };
}

function startChild(logger: Logger): ChildProcess {
  const child = fork(fileURLToPath(PROGRAM.url), {
    execArgv: PROGRAM.execArgv,
    // Neither secrets nor the flags that limit the memory of this process.
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('error', (error) => logger.warn({ err: errorMessage(error) }, 'the drawing process failed'));
  if (child.pid !== undefined) lowerPriority(child.pid);
  child.unref();
  child.channel?.unref();
  return child;
}

function send(child: ChildProcess, command: DrawCommand): Promise<void> {
  return new Promise((resolve, reject) => {
    child.send(command, (error) => {
      if (error) reject(processExited(error));
      else resolve();
    });
  });
}

function resultOf(child: ChildProcess): Promise<DrawResult> {
  const result = new Promise<DrawResult>((resolve, reject) => {
    const onExit = () => reject(processExited());
    child.once('exit', onExit);
    child.once('message', (answer) => {
      child.off('exit', onExit);
      resolve(answer as DrawResult);
    });
  });
  // The process may exit before it is asked.
  result.catch(() => undefined);
  return result;
}

function processExited(cause?: Error): SkyScanError {
  return new SkyScanError('unavailable', 'The map cannot be drawn: the drawing process has exited', {
    cause,
  });
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, PRIORITY);
  } catch {
    // Optional, and not allowed everywhere.
  }
}
