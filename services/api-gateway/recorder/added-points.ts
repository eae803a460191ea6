import { MAX_ADDED_POINTS } from '#shared/sky/grid-shape';
import { hasEnded } from '#contract/session-status';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { Queryable } from '../store/queryable.ts';
import { storeRefinement } from '../store/refinements.ts';
import type { StatusReport } from '../store/session-status.ts';
import { findSession, type SessionRow } from '../store/sessions.ts';

/** Whether points may be added to the session that are not stored yet. */
export function mayGrow({ refine, refined }: SessionRow): boolean {
  return refine !== null && refined === null;
}

/** When a total can be that of the session: now, or before or after its growth. */
export function isTotalOf(total: number, row: SessionRow): 'now' | 'before' | 'after' | undefined {
  if (total === row.total_points) return 'now';
  if (row.refined) return total === row.total_points - row.refined.points.length ? 'before' : undefined;
  const added = total - row.total_points;
  return mayGrow(row) && added > 0 && added <= MAX_ADDED_POINTS ? 'after' : undefined;
}

/**
 * Stores the points that were added to a session, if its orchestrator has more than are stored.
 * Throws if the orchestrator is away. Idempotent: the total grows once.
 */
export async function growSession(
  db: Queryable,
  orchestrator: Pick<Orchestrator, 'refinement'>,
  row: SessionRow,
  { total, completed }: Pick<StatusReport, 'total' | 'completed'>,
): Promise<SessionRow> {
  if (total === undefined || isTotalOf(total, row) !== 'after') return row;
  // A session that was ended here keeps its total, unless it has added points.
  if (hasEnded(row.status) && completed <= row.total_points) return row;
  const refinement = await orchestrator.refinement(row.id);
  if (!refinement) return row;
  return (await storeRefinement(db, row.id, refinement)) ?? (await findSession(db, row.id)) ?? row;
}
