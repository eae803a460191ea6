import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { SkyScanError, type ErrorKind } from '#shared/base/errors';

/** The answer of a thread to a question. */
export type ThreadAnswer<Result> = { result: Result } | { problem: { kind: ErrorKind; message: string } };

type Ask<Question, Result> = (question: Question) => Promise<Result>;

/** Asks a thread one question at a time. Throws the problem, also when the thread fails. */
export function createAsk<Question, Result>(thread: Worker, signal: AbortSignal): Ask<Question, Result> {
  const failed = new Promise<never>((_, reject) => {
    thread.once('error', reject);
    thread.once('exit', () =>
      reject(new SkyScanError('unavailable', 'the thread of the analysis has ended')),
    );
  });
  // It may fail while nothing is asked.
  failed.catch(() => undefined);
  return async (question) => {
    const answered = once(thread, 'message', { signal });
    answered.catch(() => undefined);
    thread.postMessage(question);
    const [answer] = (await Promise.race([answered, failed])) as [ThreadAnswer<Result>];
    if ('problem' in answer) throw new SkyScanError(answer.problem.kind, answer.problem.message);
    return answer.result;
  };
}
