import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import { deleteModels, insertModel, setModelInForce } from '../store/pointing/models.ts';
import { listObservations } from '../store/pointing/observations.ts';
import type { Queryable } from '../store/queryable.ts';
import type { RotorRow } from '../store/rotors.ts';

/**
 * Fits the model of a rotor to its observations and stores it. If a model is in force, the new one
 * replaces it; without observations, or if the new one must not be used, none is in force. Inside a
 * transaction that has locked the rotor. Throws `unavailable` without sky-analyst.
 */
export async function refit(
  tx: Queryable,
  analyst: Pick<SkyAnalyst, 'fitPointing'>,
  rotor: RotorRow,
  signal: AbortSignal,
): Promise<void> {
  const observations = await listObservations(tx, rotor.id);
  if (observations.length === 0) {
    await deleteModels(tx, rotor.id);
    if (rotor.pointing_model) await setModelInForce(tx, rotor.id, null);
    return;
  }
  const fit = await analyst.fitPointing(
    observations.map((row) => ({
      direction: { azimuthDeg: row.azimuth_deg, elevationDeg: row.elevation_deg },
      readback: { azimuthDeg: row.readback_azimuth_deg, elevationDeg: row.readback_elevation_deg },
      sigmaDeg: row.sigma_deg,
    })),
    signal,
  );
  const residuals = observations.map(({ id }, k) => [
    String(id),
    { cross_deg: fit.residuals[k]?.crossDeg ?? 0, elevation_deg: fit.residuals[k]?.elevationDeg ?? 0 },
  ]);
  const model = await insertModel(tx, rotor.id, {
    terms: fit.model,
    sigmas: Object.fromEntries(fit.terms.map((term, k) => [term, fit.sigmasDeg[k] ?? 0])),
    rms_before_deg: fit.rmsBeforeDeg,
    rms_deg: fit.rmsDeg,
    chi_square: fit.chiSquare,
    degrees_of_freedom: fit.degreesOfFreedom,
    residuals: Object.fromEntries(residuals) as Record<string, { cross_deg: number; elevation_deg: number }>,
    problem: fit.problem ?? null,
  });
  if (rotor.pointing_model) await setModelInForce(tx, rotor.id, model.problem === null ? model : null);
}
