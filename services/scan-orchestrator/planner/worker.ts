// The planner thread: one job at a time.
import { parentPort } from 'node:worker_threads';
import { errorKind, errorMessage } from '#shared/base/errors';
import { findScan, type PlanJob } from '../engine/planning.ts';
import type { PlanAnswer } from './worker-planner.ts';

parentPort?.on('message', (job: PlanJob) => {
  const answer = answerJob(job);
  const found = 'found' in answer ? answer.found : undefined;
  const buffers = found
    ? [
        found.plan.order,
        ...[found.tour, found.added?.tour].flatMap((tour) => (tour ? [tour.order, tour.travelFrom] : [])),
      ].map(({ buffer }) => buffer)
    : [];
  // Transferred, not copied: a plan of a million points has 16 MB of them. The planned order and
  // the tour's may be the same buffer.
  const moved = [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
  parentPort?.postMessage(answer, moved);
});

function answerJob(job: PlanJob): PlanAnswer {
  try {
    return { found: findScan(job) };
  } catch (error) {
    return { problem: { kind: errorKind(error), message: errorMessage(error) } };
  }
}
