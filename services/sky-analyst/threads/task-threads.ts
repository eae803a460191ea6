import { Worker } from 'node:worker_threads';
import type { Semaphore } from 'async-mutex';
import { SkyScanError } from '#shared/base/errors';
import { siblingProgram } from '#shared/runtime/sibling-program';
import type { TaskData, TaskMessage, TaskProgress } from './task-messages.ts';
import type { TASKS, TaskName } from './tasks.ts';

type Input<Name extends TaskName> = Parameters<(typeof TASKS)[Name]>[0];
type Result<Name extends TaskName> = ReturnType<(typeof TASKS)[Name]>;

/** Computes tasks in threads, so that the event loop stays free. */
export interface TaskThreads {
  /**
   * Yields the progress of a task and last its result. Waits until a thread is free; `signal` ends
   * the thread. Throws the error of the task. Input and result are copied between the threads.
   */
  run<Name extends TaskName>(
    name: Name,
    input: Input<Name>,
    signal: AbortSignal,
  ): AsyncGenerator<{ progress: TaskProgress } | { result: Result<Name> }, void>;
}

/** The result of a task whose progress nobody needs. */
export async function resultOf<Name extends TaskName>(
  threads: TaskThreads,
  name: Name,
  input: Input<Name>,
  signal: AbortSignal,
): Promise<Result<Name>> {
  for await (const message of threads.run(name, input, signal))
    if ('result' in message) return message.result;
  throw new SkyScanError('unavailable', 'the thread of the analysis has ended');
}

const PROGRAM = siblingProgram(import.meta.url, 'task-thread');

/** `slots`: threads that run at once. */
export function createTaskThreads(slots: Semaphore): TaskThreads {
  return {
    async *run<Name extends TaskName>(name: Name, input: Input<Name>, signal: AbortSignal) {
      const [, release] = await slots.acquire();
      try {
        for await (const message of messagesOf({ name, input }, signal)) {
          if ('problem' in message) throw new SkyScanError(message.problem.kind, message.problem.message);
          if ('progress' in message) yield message;
          else {
            yield { result: message.result as Result<Name> };
            return;
          }
        }
      } finally {
        release();
      }
    },
  };
}

/** The messages of a thread, which ends with the consumer. Throws if the thread fails. */
async function* messagesOf(workerData: TaskData, signal: AbortSignal): AsyncGenerator<TaskMessage, void> {
  signal.throwIfAborted();
  const thread = new Worker(PROGRAM.url, { workerData, execArgv: PROGRAM.execArgv });
  const waiting: TaskMessage[] = [];
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  const fail = (error: Error) => {
    failure ??= error;
    wake();
  };
  const abort = () => fail(new SkyScanError('cancelled', 'the analysis was cancelled'));
  thread.on('message', (message: TaskMessage) => {
    waiting.push(message);
    wake();
  });
  thread.once('error', fail);
  thread.once('exit', () => fail(new SkyScanError('unavailable', 'the thread of the analysis has ended')));
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      const message = waiting.shift();
      if (message) yield message;
      else if (failure) throw failure;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', abort);
    await thread.terminate();
  }
}
