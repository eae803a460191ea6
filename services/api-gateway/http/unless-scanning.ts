import { SkyScanError, errorKind, errorMessage } from '#shared/base/errors';
import type { Database } from '../store/queryable.ts';
import type { RotorRow } from '../store/rotors.ts';
import { hasSessions } from '../store/sessions.ts';

/**
 * Uses a rotor unless a session has it, now or when `use` fails because it is held. `verb`: for
 * messages.
 */
export async function unlessScanning<T>(
  db: Database,
  rotor: RotorRow,
  use: () => Promise<T>,
  verb = 'move',
): Promise<T> {
  const scanActive = `Cannot ${verb} rotor while a scan is active`;
  if (await hasSessions(db, rotor.id, ['running', 'paused'])) throw new SkyScanError('busy', scanActive);
  try {
    return await use();
  } catch (error) {
    if (errorKind(error) === 'busy') {
      // A scan that started meanwhile, a move or a characterisation.
      const scans = await hasSessions(db, rotor.id, ['running', 'paused']);
      const message = scans ? scanActive : `Cannot ${verb} rotor: ${errorMessage(error)}`;
      throw new SkyScanError('busy', message, { cause: error });
    }
    throw error;
  }
}
