import { parentPort, workerData } from 'node:worker_threads';
import { errorKind, errorMessage } from '#shared/base/errors';
import type { KnownKind } from '../domain/identification/known-records.ts';
import { createKnownSetReader } from '../domain/identification/known-set-reader.ts';
import type { ThreadAnswer } from './ask-thread.ts';
import type { ReadQuestion, ReadResult } from './messages.ts';

// The program of a thread: reads one set of known objects.

const reader = createKnownSetReader(workerData as KnownKind);

parentPort?.on('message', (question: ReadQuestion) => {
  parentPort?.postMessage(answerTo(question));
});

function answerTo(question: ReadQuestion): ThreadAnswer<ReadResult> {
  try {
    if ('end' in question) return { result: reader.finish() };
    if ('chunk' in question) reader.push(question.chunk);
    else reader.nextFile();
    return { result: undefined };
  } catch (error) {
    return { problem: { kind: errorKind(error), message: errorMessage(error) } };
  }
}
