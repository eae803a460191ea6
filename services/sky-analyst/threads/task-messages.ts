import type { ErrorKind } from '#shared/base/errors';
import type { TaskName } from './tasks.ts';

/** What a thread computes. */
export interface TaskData {
  name: TaskName;
  input: unknown;
}

/** From a thread: progress, then one result or problem. */
export type TaskMessage =
  { progress: TaskProgress } | { result: unknown } | { problem: { kind: ErrorKind; message: string } };

export interface TaskProgress {
  done: number;
  of: number;
}
