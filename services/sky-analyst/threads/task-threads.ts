import type { Semaphore } from 'async-mutex';
import { SkyScanError } from '#shared/base/errors';
import { createIdleThreads, type IdleThreads } from './idle-threads.ts';
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

/** `slots`: threads that run at once. */
export function createTaskThreads(slots: Semaphore): TaskThreads {
  const threads = createIdleThreads();
  return {
    async *run<Name extends TaskName>(name: Name, input: Input<Name>, signal: AbortSignal) {
      const [, release] = await slots.acquire();
      try {
        signal.throwIfAborted();
        for await (const message of messagesOf(threads, { name, input }, signal)) {
          if ('problem' in message) throw new SkyScanError(message.problem.kind, message.problem.message);
          if ('progress' in message) yield message;
          else yield { result: message.result as Result<Name> };
        }
      } finally {
        release();
      }
    },
  };
}

/** The messages of a task up to its result or problem. Throws if the thread fails. */
async function* messagesOf(
  threads: IdleThreads,
  task: TaskData,
  signal: AbortSignal,
): AsyncGenerator<TaskMessage, void> {
  const thread = threads.take();
  const waiting: TaskMessage[] = [];
  let failure: Error | undefined;
  let hasEnded = false;
  let wake: () => void = () => undefined;
  const receive = (message: TaskMessage) => {
    waiting.push(message);
    wake();
  };
  const fail = (error: Error) => {
    failure ??= error;
    wake();
  };
  const exit = () => fail(new SkyScanError('unavailable', 'the thread of the analysis has ended'));
  const abort = () => fail(new SkyScanError('cancelled', 'the analysis was cancelled'));
  thread.on('message', receive).on('error', fail).on('exit', exit);
  signal.addEventListener('abort', abort, { once: true });
  thread.postMessage(task);
  try {
    while (!hasEnded) {
      const message = waiting.shift();
      if (message) {
        hasEnded = !('progress' in message);
        yield message;
      } else if (failure) throw failure;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', abort);
    thread.off('message', receive).off('error', fail).off('exit', exit);
    // One that still computes cannot be told to stop.
    if (hasEnded) threads.keep(thread);
    else await thread.terminate();
  }
}
