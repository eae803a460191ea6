import type { Database } from '../store/queryable.ts';
import { deleteSession, type DeletionRefusal } from '../store/deletions/delete-session.ts';
import { SkyScanError } from '#shared/base/errors';
import { sessionNotFound } from './act-on-scan.ts';

/** Deletes a session for a user. Throws `not_found`, and `busy` with the reason. */
export async function deleteScan(db: Database, id: number): Promise<void> {
  const refusal = await db.transaction((tx) => deleteSession(tx, id));
  if (refusal) throw refusalError(refusal);
}

function refusalError(refusal: DeletionRefusal): SkyScanError {
  switch (refusal.because) {
    case 'unknown':
      return sessionNotFound();
    case 'active':
      return busy(`Cannot delete scan in '${refusal.status}' state (must be completed or cancelled)`);
    case 'baseline': {
      const names = refusal.names.map((name) => `'${name}'`).join(', ');
      return busy(
        `Cannot delete scan: it belongs to the baseline${refusal.names.length > 1 ? 's' : ''} ${names}`,
      );
    }
    case 'pointing':
      return busy('Cannot delete scan: a calibration of the pointing that is running uses it');
  }
}

function busy(message: string): SkyScanError {
  return new SkyScanError('busy', message);
}
