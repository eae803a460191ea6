import { parentPort, workerData } from 'node:worker_threads';
import { errorMessage } from '#shared/base/errors';
import { createPointMasks, type MaskedBand } from '../domain/mask-points.ts';
import type { MaskAnswer, MaskQuestion } from './messages.ts';

// The program of a thread: masks the points of one band.

const masks = createPointMasks(workerData as MaskedBand);

parentPort?.on('message', (question: MaskQuestion) => {
  parentPort?.postMessage(answerTo(question));
});

function answerTo(question: MaskQuestion): MaskAnswer {
  try {
    return { masks: 'end' in question ? masks.finish() : masks.push(question.points) };
  } catch (error) {
    return { problem: errorMessage(error) };
  }
}
