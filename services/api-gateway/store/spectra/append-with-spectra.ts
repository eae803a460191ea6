import type { PointSpectrum } from '#shared/spectrum/point-spectrum';
import { appendRuns, type PointRun } from '../points.ts';
import type { Database } from '../queryable.ts';
import { insertSpectra } from './insert-spectra.ts';

/**
 * Appends a run of points with their spectra, or nothing; returns whether it was stored, as
 * `appendRuns`. `spectra`: per point, one for each band. Throws `invalid` if the channels of a band
 * differ from those of earlier points.
 */
export function appendWithSpectra(
  db: Database,
  run: PointRun,
  spectra: readonly PointSpectrum[][],
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const stored = await appendRuns(tx, [run]);
    if (!stored.has(run.sessionId)) return false;
    const ofPoints = run.points.map(({ seq }, k) => ({ seq, spectra: spectra[k] ?? [] }));
    await insertSpectra(tx, run.sessionId, ofPoints);
    return true;
  });
}
