import { parentPort } from 'node:worker_threads';
import { errorKind, errorMessage } from '#shared/base/errors';
import type { Control } from '../domain/finder/sky-map.ts';
import type { TaskData, TaskMessage } from './task-messages.ts';
import { TASKS } from './tasks.ts';

// The program of a thread: computes one task after the other.

const post = (message: TaskMessage) => parentPort?.postMessage(message);

parentPort?.on('message', ({ name, input }: TaskData) => {
  try {
    const task = TASKS[name] as (input: unknown, control: Control) => unknown;
    post({ result: task(input, { onProgress: (done, of) => post({ progress: { done, of } }) }) });
  } catch (error) {
    post({ problem: { kind: errorKind(error), message: errorMessage(error) } });
  }
});
