import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import { levelsToRefine } from './levels-to-refine.ts';
import type { RunnerParts } from './ports.ts';
import type { RecordWriter } from './record-writer.ts';
import type { ScanProgress } from './scan-progress.ts';

/**
 * Plans the rest of a session from the rotor's position. When the grid is measured, also chooses
 * the points to add, and stores them.
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
  const planned = await planner.plan(itinerary.planJob(position, reportedLimits, levels), signal);
  itinerary.follow(planned);
  writer.setPlanned({ from: position, reportedLimits: reportedLimits ?? null });
  const refinement = levels && planned.added?.refinement;
  if (!refinement) return;
  // On disk before anything depends on them.
  await journal.saveSession({ ...record, refinement });
  writer.setRefinement(refinement);
  done.refined();
}
