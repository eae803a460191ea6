import { createDrift, type DriftReference } from '../domain/drift.ts';
import type { Database } from '../store/queryable.ts';
import { readReferences } from '../store/points.ts';
import type { SessionRow } from '../store/sessions.ts';
import { HttpError } from './errors.ts';

/**
 * The drift of a session's receiver and the reference measurements behind it. Throws 409 if there
 * are none.
 */
export async function driftOf(
  db: Database,
  session: SessionRow,
): Promise<{ references: DriftReference[]; drift: (atMs: number) => number }> {
  const stored = await readReferences(db, session.id, session.completed_points);
  const references = stored.map(({ at_ms, level_db, unusable }) => ({
    atMs: at_ms,
    levelDb: level_db,
    unusable,
  }));
  const drift = createDrift(references);
  if (drift) return { references, drift };
  throw new HttpError(
    409,
    references.length > 0
      ? 'Every reference measurement of this session is clipped or in doubt (dc_offset): the drift cannot be corrected'
      : 'This session has no reference measurements: start a scan with `reference` to have its drift corrected',
  );
}
