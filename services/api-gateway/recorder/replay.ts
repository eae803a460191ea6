import { errorMessage } from '#shared/base/errors';
import { countedOf } from '#shared/base/plurals';
import type { Logger } from '#shared/runtime/logger';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { RecordedPoint } from '../clients/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import { checkPoint } from './check-point.ts';

interface ReplayParts {
  orchestrator: Pick<Orchestrator, 'replay'>;
  /** Undefined if the row is outdated. */
  append: (row: SessionRow, points: RecordedPoint[]) => Promise<SessionRow | undefined>;
  reload: () => Promise<SessionRow | undefined>;
  logger: Logger;
}

const BATCH = 1_000;

/**
 * Fetches missing points up to `upTo` from the orchestrator's journal. Not an error if the
 * orchestrator is away or has no more points: the returned row shows the progress.
 */
export async function replayPoints(parts: ReplayParts, from: SessionRow, upTo: number): Promise<SessionRow> {
  const { orchestrator, append, reload, logger } = parts;
  let row = from;
  while (row.completed_points < upTo) {
    let points: RecordedPoint[];
    try {
      points = await orchestrator.replay(row.id, row.completed_points, BATCH, row.spectrum !== null);
    } catch (error) {
      logger.debug({ session: row.id, err: errorMessage(error) }, 'replay failed');
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

/** The points that continue the stored ones without a gap and fit the plan. */
function usable(points: RecordedPoint[], row: SessionRow, logger: Logger): RecordedPoint[] {
  const next = points.filter(
    ({ measurement }, index) => measurement.seq === row.completed_points + 1 + index,
  );
  const bad = next.findIndex((point) => problemWith(point, row) !== undefined);
  const invalid = next[bad];
  if (!invalid) return next;
  logger.error(
    { session: row.id, seq: invalid.measurement.seq, problem: problemWith(invalid, row) },
    'the journal has a point that cannot belong to its session',
  );
  return next.slice(0, bad);
}

function problemWith({ measurement, spectra }: RecordedPoint, row: SessionRow): string | undefined {
  const wanted = row.spectrum ? (row.bands ?? [row.rotor]).length : 0;
  if (spectra.length !== wanted) return `has spectra of ${countedOf(spectra.length, wanted, 'band')}`;
  return checkPoint(measurement, row);
}
