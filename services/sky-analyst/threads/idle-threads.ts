import { Worker } from 'node:worker_threads';
import { siblingProgram } from '#shared/runtime/sibling-program';

/** Threads that wait for the next task: starting one takes as long as a small task. */
export interface IdleThreads {
  /** A thread that nobody else has, which begins if none is idle. */
  take(): Worker;
  /** Gives a thread back whose task has ended. */
  keep(thread: Worker): void;
}

const PROGRAM = siblingProgram(import.meta.url, 'task-thread');
/** Then a thread ends, and with it its memory. */
const IDLE_MS = 10_000;

export function createIdleThreads(): IdleThreads {
  const idle = new Map<Worker, NodeJS.Timeout>();
  const remove = (thread: Worker) => {
    clearTimeout(idle.get(thread));
    idle.delete(thread);
  };
  return {
    take() {
      const [waiting] = idle.keys();
      const thread = waiting ?? new Worker(PROGRAM.url, { execArgv: PROGRAM.execArgv });
      // A failure between two tasks concerns nobody.
      if (!waiting) thread.on('error', () => undefined).on('exit', () => remove(thread));
      remove(thread);
      thread.ref();
      return thread;
    },
    keep(thread) {
      thread.unref();
      const end = () => {
        // Before it has ended, nobody may take it.
        idle.delete(thread);
        void thread.terminate();
      };
      idle.set(thread, setTimeout(end, IDLE_MS).unref());
    },
  };
}
