import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { Measurement } from '#contract/measurement';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { SessionRow } from '../store/sessions.ts';
import { checkPoint } from './check-point.ts';

interface ReplayParts {
  orchestrator: Pick<Orchestrator, 'replay'>;
  /** Undefined when the row was out of date. */
  append: (row: SessionRow, points: Measurement[]) => Promise<SessionRow | undefined>;
  reload: () => Promise<SessionRow | undefined>;
  logger: Logger;
}

const BATCH = 1_000;

/**
 * Fetches the points of a session that are not stored, up to `upTo`, from the journal of the
 * orchestrator. An orchestrator that is away, or has no more, is no error: the row says how far it
 * went.
 */
export async function replayPoints(parts: ReplayParts, from: SessionRow, upTo: number): Promise<SessionRow> {
  const { orchestrator, append, reload, logger } = parts;
  let row = from;
  while (row.completed_points < upTo) {
    let points: Measurement[];
    try {
      points = await orchestrator.replay(row.id, row.completed_points, BATCH);
    } catch (error) {
      logger.debug({ session: row.id, err: errorMessage(error) }, 'no replay');
      return row;
    }
    const next = usable(points, row, logger);
    if (next.length === 0) return row;
    const now: SessionRow | undefined = (await append(row, next)) ?? (await reload());
    if (!now) return row;
    row = now;
  }
  return row;
}

/** The points that follow the stored ones without a gap and fit the plan. */
function usable(points: Measurement[], row: SessionRow, logger: Logger): Measurement[] {
  const next = points.filter((point, index) => point.seq === row.completed_points + 1 + index);
  const bad = next.findIndex((point) => checkPoint(point, row) !== undefined);
  const culprit = next[bad];
  if (!culprit) return next;
  logger.error(
    { session: row.id, seq: culprit.seq, problem: checkPoint(culprit, row) },
    'the journal has a point that cannot belong to its session',
  );
  return next.slice(0, bad);
}
