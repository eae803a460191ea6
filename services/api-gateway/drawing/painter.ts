import { fork, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { SkyScanError, errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { orAborted } from '#shared/runtime/waiting';
import { createPriorityQueue } from './priority-queue.ts';
import type { DrawResult, Drawing, DrawCommand } from './messages.ts';

/** Draws maps, one at a time. */
export interface Painter {
  /**
   * The map as PNG. Levels are asked for when it is the drawing's turn. Throws `no_room` when too
   * many are waiting, `unavailable` when the drawing failed, and the signal's reason.
   */
  draw(drawing: Drawing, levels: () => AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Uint8Array>;
  close(): void;
}

// What waits is a description of some hundred bytes: levels are read when it is its turn. A large
// one takes seconds.
const MAX_WAITING = 256;
const SMALL_PX = 512;
// Its memory is given back when nobody looks at maps.
const IDLE_MS = 30_000;
// Points are recorded first.
const PRIORITY = 10;

// Run from the sources, as tests do, the process has to read them too.
const SOURCE = import.meta.url.endsWith('.ts');
const PROGRAM = fileURLToPath(new URL(SOURCE ? './process.ts' : './process.js', import.meta.url));
const EXEC_ARGV = SOURCE ? ['--conditions=source', '--import', 'tsx'] : [];

/**
 * Draws in a process of its own, begun when it is needed. A million cells and the encoding of their
 * picture take seconds of a core and hundreds of megabytes, in native code: whatever happens to
 * that, points are recorded.
 */
export function createPainter(logger: Logger, maxWaiting = MAX_WAITING): Painter {
  const enqueue = createPriorityQueue();
  let waiting = 0;
  let running: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;

  function begin(): ChildProcess {
    clearTimeout(idle);
    if (running?.connected) return running;
    const started = fork(PROGRAM, {
      execArgv: EXEC_ARGV,
      // No secrets, and none of the flags that keep this process small.
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    started.on('error', (error) => logger.warn({ err: errorMessage(error) }, 'the drawing process failed'));
    if (started.pid !== undefined) lower(started.pid);
    started.unref();
    started.channel?.unref();
    running = started;
    return started;
  }

  function end(): void {
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
    const child = begin();
    const send = (command: DrawCommand) =>
      tell(child, command).catch((error: unknown) => {
        // It is dead, though it may count as connected for a moment: the next drawing gets another
        // one.
        end();
        throw error;
      });
    try {
      await send({ drawing });
      for await (const piece of levels()) {
        signal.throwIfAborted();
        await send({ levels: piece });
      }
      const answered = answerOf(child);
      await send({ end: true });
      const answer = await orAborted(answered, signal).catch((error: unknown) => {
        // It would answer later, when the next one waits.
        end();
        throw error;
      });
      if ('png' in answer) return answer.png;
      throw new SkyScanError('unavailable', `The map cannot be drawn: ${answer.problem}`);
    } finally {
      idle = setTimeout(end, IDLE_MS).unref();
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
    close: end,
  };
}

/** Resolves when the message is on its way: no more than one piece waits in this process. */
function tell(child: ChildProcess, command: DrawCommand): Promise<void> {
  return new Promise((resolve, reject) => {
    child.send(command, (error) => {
      if (error) reject(gone(error));
      else resolve();
    });
  });
}

function answerOf(child: ChildProcess): Promise<DrawResult> {
  const answered = new Promise<DrawResult>((resolve, reject) => {
    const onExit = () => reject(gone());
    child.once('exit', onExit);
    child.once('message', (answer) => {
      child.off('exit', onExit);
      resolve(answer as DrawResult);
    });
  });
  // It may end before it is asked.
  answered.catch(() => undefined);
  return answered;
}

function gone(cause?: Error): SkyScanError {
  return new SkyScanError('unavailable', 'The map cannot be drawn: the drawing process has ended', { cause });
}

function lower(pid: number): void {
  try {
    setPriority(pid, PRIORITY);
  } catch {
    // Not everywhere allowed, and only a courtesy.
  }
}
