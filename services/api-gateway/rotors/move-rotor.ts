import { SkyScanError, errorKind, errorMessage } from '#shared/base/errors';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { onSky } from '#shared/sky/mount';
import { outsideLimits, type Pointing } from '#shared/sky/pointing';
import { createRoutes } from '#shared/sky/routes';
import { rotorConfig } from '../clients/rotor-messages.ts';
import type { RotorDriver } from '../clients/rotor-driver.ts';
import type { Queryable } from '../store/queryable.ts';
import type { RotorRow } from '../store/rotors.ts';
import { hasSessions } from '../store/sessions.ts';

/** What a manual move needs, whoever asks for it. */
export interface MoveParts {
  db: Queryable;
  driverOf: (siteId: number) => RotorDriver;
}

/**
 * Starts a manual move; resolves when it has started. Throws `out_of_range` for a target outside
 * the limits, below the horizon mask or in a keep-out sector, `busy` while a scan is active or the
 * Sun or another holder is in the way. rotor-driver, which knows the position, checks the way.
 */
export async function moveRotor(
  { db, driverOf }: MoveParts,
  rotor: RotorRow,
  target: Pointing,
): Promise<void> {
  const problem = moveProblem(target, rotorConfig(rotor));
  if (problem !== undefined) throw new SkyScanError('out_of_range', problem);
  await unlessScanning(db, rotor, () => driverOf(rotor.site_id).move(rotor, target));
}

/** Starts the move to the park pointing. Throws `busy` like a move. */
export async function parkRotor(
  { db, driverOf }: { db: Queryable; driverOf: (siteId: number) => Pick<RotorDriver, 'park'> },
  rotor: RotorRow,
): Promise<void> {
  await unlessScanning(db, rotor, () => driverOf(rotor.site_id).park(rotor));
}

/**
 * Does something with a rotor that no scan may use meanwhile. Throws `busy`; `verb`: for its
 * message.
 */
export async function unlessScanning<T>(
  db: Queryable,
  rotor: RotorRow,
  work: () => Promise<T>,
  verb = 'move',
): Promise<T> {
  const scanActive = `Cannot ${verb} rotor while a scan is active`;
  const isScanning = () => hasSessions(db, rotor.id, ['running', 'paused']);
  if (await isScanning()) throw new SkyScanError('busy', scanActive);
  try {
    return await work();
  } catch (error) {
    if (errorKind(error) !== 'busy') throw error;
    // A scan that started meanwhile, a move or a characterisation.
    const message = (await isScanning()) ? scanActive : `Cannot ${verb} rotor: ${errorMessage(error)}`;
    throw new SkyScanError('busy', message, { cause: error });
  }
}

/** Why a move to a target is not allowed, wherever the rotor is. */
export function moveProblem(target: Pointing, config: RotorConfig): string | undefined {
  const rotor = onSky(config);
  return outsideLimits(target, rotor.limits) ?? createRoutes(rotor, rotor.limits).refusal(target);
}
