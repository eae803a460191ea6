import { errorKind, errorMessage, SkyScanError } from '#shared/base/errors';
import type { Queryable } from '../store/queryable.ts';
import type { RotorRow } from '../store/rotors.ts';
import { hasSessions } from '../store/sessions.ts';

const SCAN_ACTIVE = 'Cannot move rotor while a scan is active';

/** Moves a rotor by hand. Throws `busy` while it has a scan, and what `move` throws. */
export async function unlessScanning<T>(db: Queryable, rotor: RotorRow, move: () => Promise<T>): Promise<T> {
  if (await hasSessions(db, rotor.id, ['running', 'paused'])) throw new SkyScanError('busy', SCAN_ACTIVE);
  try {
    return await move();
  } catch (error) {
    if (errorKind(error) === 'busy') {
      // A scan that started meanwhile, a move or a characterisation.
      const scans = await hasSessions(db, rotor.id, ['running', 'paused']);
      const message = scans ? SCAN_ACTIVE : `Cannot move rotor: ${errorMessage(error)}`;
      throw new SkyScanError('busy', message, { cause: error });
    }
    throw error;
  }
}
