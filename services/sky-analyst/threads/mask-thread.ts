import { parentPort, workerData } from 'node:worker_threads';
import { errorMessage } from '#shared/base/errors';
import { createPointMasks, type MaskColumns, type MaskedBand } from '../domain/mask-points.ts';
import type { ThreadAnswer } from './ask-thread.ts';
import type { MaskQuestion } from './messages.ts';

// The program of a thread: masks the points of one band.

const masks = createPointMasks(workerData as MaskedBand);

parentPort?.on('message', (question: MaskQuestion) => {
  parentPort?.postMessage(answerTo(question));
});

function answerTo(question: MaskQuestion): ThreadAnswer<MaskColumns> {
  try {
    return { result: 'end' in question ? masks.finish() : masks.push(question.points) };
  } catch (error) {
    return { problem: { kind: 'invalid', message: errorMessage(error) } };
  }
}
