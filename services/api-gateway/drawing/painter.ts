import { fork, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { orAborted } from '#shared/runtime/waiting';
import { createPriorityQueue } from './priority-queue.ts';
import type { DrawResult, Drawing, DrawCommand } from './messages.ts';

/** Draws maps one at a time. */
export interface Painter {
  /**
   * Returns the map as PNG. Reads the levels when the map is at the head of the queue. Throws
   * `no_room` if too many maps are waiting, `unavailable` if drawing fails, and the signal's
   * reason.
   */
  draw(drawing: Drawing, levels: () => AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Uint8Array>;
  close(): void;
}

// A waiting map takes a few hundred bytes, because its levels are read later. A large map takes
// seconds.
const MAX_WAITING = 256;
const SMALL_PX = 512;
// Stops the process of an idle gateway to free its memory.
const IDLE_MS = 30_000;
// Recording points has priority.
const PRIORITY = 10;

// Tests run the process from the sources.
const SOURCE = import.meta.url.endsWith('.ts');
const PROGRAM = fileURLToPath(new URL(SOURCE ? './process.ts' : './process.js', import.meta.url));
const EXEC_ARGV = SOURCE ? ['--conditions=source', '--import', 'tsx'] : [];

/**
 * Draws in a separate process, started on demand. A million cells and the PNG encoding take seconds
 * of CPU time and hundreds of megabytes in native code, which must not affect recording.
 */
export function createPainter(logger: Logger, maxWaiting = MAX_WAITING): Painter {
  const enqueue = createPriorityQueue();
  let waiting = 0;
  let running: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;

  function startProcess(): ChildProcess {
    clearTimeout(idle);
    if (running?.connected) return running;
    const started = fork(PROGRAM, {
      execArgv: EXEC_ARGV,
      // Neither secrets nor the flags that limit the memory of this process.
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    started.on('error', (error) => logger.warn({ err: errorMessage(error) }, 'the drawing process failed'));
    if (started.pid !== undefined) lowerPriority(started.pid);
    started.unref();
    started.channel?.unref();
    running = started;
    return started;
  }

  function stopProcess(): void {
    clearTimeout(idle);
    running?.kill('SIGKILL');
    running = undefined;
  }

  async function drawNow(
    drawing: Drawing,
    levels: () => AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    signal.throwIfAborted();
    const child = startProcess();
    const sendCommand = (command: DrawCommand) =>
      send(child, command).catch((error: unknown) => {
        // The process has exited but may still count as connected: start another one for the next
        // map.
        stopProcess();
        throw error;
      });
    try {
      await sendCommand({ drawing });
      for await (const piece of levels()) {
        signal.throwIfAborted();
        await sendCommand({ levels: piece });
      }
      const result = resultOf(child);
      await sendCommand({ end: true });
      const drawn = await orAborted(result, signal).catch((error: unknown) => {
        // Its late result would be taken for the next map.
        stopProcess();
        throw error;
      });
      if ('png' in drawn) return drawn.png;
      throw new SkyScanError('unavailable', `The map cannot be drawn: ${drawn.problem}`);
    } finally {
      idle = setTimeout(stopProcess, IDLE_MS).unref();
    }
  }

  return {
    async draw(drawing, levels, signal) {
      if (waiting > maxWaiting)
        throw new SkyScanError(
          'no_room',
          `${maxWaiting} maps are waiting to be drawn; try again in a moment`,
        );
      waiting++;
      try {
        return await enqueue(drawing.sizePx <= SMALL_PX, () => drawNow(drawing, levels, signal));
      } finally {
        waiting--;
      }
    },
    close: stopProcess,
  };
}

/** Resolves when the message has been sent: at most one chunk waits in this process. */
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
