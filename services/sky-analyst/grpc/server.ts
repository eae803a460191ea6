import type { CallContext } from 'nice-grpc-common';
import type { SkyAnalystServiceImplementation } from '#proto/sky_analyst';
import { MASK_VERSION } from '../domain/rfi-mask.ts';
import type { MaskThreads } from '../threads/mask-threads.ts';
import type { ReadThreads } from '../threads/read-threads.ts';
import { COMPARISON_VERSION } from '../domain/comparison/compared-session.ts';
import { FINDER_VERSION } from '../domain/session/find-session-sources.ts';
import { knownSkyCalls } from './known-sky.ts';
import { resultOf, type TaskThreads } from '../threads/task-threads.ts';
import { bearingsFrom, crossingsToWire } from './bearing-messages.ts';
import { pointsOf, settingsFrom } from './mask-messages.ts';
import {
  comparisonFrom,
  comparisonMessages,
  comparisonProgress,
  summaryFrom,
  summaryMessage,
} from './comparison-messages.ts';
import { patternFileFrom, patternFileToWire } from './pattern-file-messages.ts';
import { patternScanFrom, patternToWire } from './pattern-messages.ts';
import { offsetOf, pointingFitOf } from './pointing-messages.ts';
import { progressMessage, reportMessage, searchFrom } from './source-messages.ts';

/** Where computations run. */
export interface AnalystThreads {
  masks: MaskThreads;
  /** Of minutes. */
  searches: TaskThreads;
  /** Of seconds. */
  questions: TaskThreads;
  /** Of uploads. */
  readers: ReadThreads;
}

/** The gRPC service of sky-analyst. */
export function createSkyAnalystService(threads: AnalystThreads): SkyAnalystServiceImplementation {
  return {
    describeMethods: () =>
      Promise.resolve({
        interferenceMask: MASK_VERSION,
        sourceFinder: FINDER_VERSION,
        mapComparison: COMPARISON_VERSION,
      }),
    ...knownSkyCalls(threads),
    async *maskInterference(requests, { signal }: CallContext) {
      const messages = requests[Symbol.asyncIterator]();
      const first = await messages.next();
      const band = settingsFrom(first.done ? undefined : first.value);
      yield* threads.masks.mask(band, pointsOf(messages), signal);
    },
    async *findSources(requests, { signal }: CallContext) {
      const search = await searchFrom(requests);
      for await (const message of threads.searches.run('findSources', search, signal))
        yield 'result' in message
          ? reportMessage(message.result)
          : progressMessage(message.progress.done, message.progress.of);
    },
    async solveBearings(request, { signal }: CallContext) {
      const input = bearingsFrom(request);
      return crossingsToWire(await resultOf(threads.questions, 'findCrossings', input, signal));
    },
    async *compareMap(requests, { signal }: CallContext) {
      const comparison = await comparisonFrom(requests);
      for await (const message of threads.searches.run('compareMap', comparison, signal))
        if ('result' in message) yield* comparisonMessages(message.result);
        else yield comparisonProgress(message.progress.done, message.progress.of);
    },
    async summarizeLevels(requests, { signal }: CallContext) {
      const input = await summaryFrom(requests);
      return summaryMessage(await resultOf(threads.questions, 'summarizeLevels', input, signal));
    },
    async measurePattern(requests, { signal }: CallContext) {
      const input = await patternScanFrom(requests);
      return patternToWire(await resultOf(threads.questions, 'measurePattern', input, signal));
    },
    async measurePatternFile(requests, { signal }: CallContext) {
      const input = await patternFileFrom(requests);
      return patternFileToWire(await resultOf(threads.questions, 'measurePatternFile', input, signal));
    },
    measureOffset: async (request) => Promise.resolve(offsetOf(request)),
    fitPointing: async (request) => Promise.resolve(pointingFitOf(request)),
  };
}
