import { SkyScanError } from '#shared/base/errors';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { FoundFrame } from '../domain/frame/frame-inputs.ts';
import type { DoneCells } from './done-cells.ts';
import { levelsToRefine } from './levels-to-refine.ts';
import type { RunnerParts } from './ports.ts';
import type { RecordWriter } from './record-writer.ts';
import type { ScanProgress } from './scan-progress.ts';
import type { SessionRecord } from './session-record.ts';

/**
 * The cells that a scan around a source does not reach, once it has measured all others. Throws
 * `out_of_range` if it has not measured any.
 */
function unreachedCells(
  { unreached }: Readonly<SessionRecord>,
  { openCells, completedPoints, totalPoints }: DoneCells,
  { unreachable, refusal }: FoundFrame,
): SessionRecord['unreached'] {
  if (unreached || unreachable < openCells) return undefined;
  const reason = refusal ?? 'there is no way to them';
  if (completedPoints === 0 && openCells > 0)
    throw new SkyScanError('out_of_range', `all points are out of reach: ${reason}`);
  const note = openCells > 0 ? `${openCells} of ${totalPoints} points were out of reach: ${reason}` : '';
  return { points: openCells, note };
}

/**
 * Plans the rest of a session from the rotor's position. When the grid is measured, also chooses
 * the points to add, and stores them. Of a scan around a source, decides which cells are left out.
 */
export async function planSession(
  writer: RecordWriter,
  { itinerary, done }: ScanProgress,
  { planner, journal }: Pick<RunnerParts, 'planner' | 'journal'>,
  from: { position: Pointing; reportedLimits: TravelLimits | undefined; signal: AbortSignal },
): Promise<void> {
  const { position, reportedLimits, signal } = from;
  const { record } = writer;
  const levels = done.openCells === 0 ? await levelsToRefine(record, done, journal) : undefined;
  const job = itinerary.planJob(position, reportedLimits, levels);
  const planned = await planner.plan(job, signal);
  itinerary.follow(planned, job);
  const atMs = job.inputs.frame?.unixMs;
  writer.setPlanned({
    from: position,
    reportedLimits: reportedLimits ?? null,
    ...(atMs !== undefined && { atMs }),
  });
  const unreached = planned.plan.frame && unreachedCells(record, done, planned.plan.frame);
  if (unreached) {
    await journal.saveSession({ ...record, unreached });
    writer.setUnreached(unreached);
  }
  const refinement = levels && planned.added?.refinement;
  if (!refinement) return;
  // On disk before anything depends on them.
  await journal.saveSession({ ...record, refinement });
  writer.setRefinement(refinement);
  done.refined();
}
