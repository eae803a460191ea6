import type { PointingCalibrationRequest } from '#contract/rest/pointing';
import { SkyScanError } from '#shared/base/errors';
import type { Pointing } from '#shared/sky/pointing';
import { rotorConfig } from '../clients/rotor-messages.ts';
import { rotorAtFrequency } from '../domain/beam-at-frequency.ts';
import { requireMeasurable, scansAround, type KnownTarget } from '../domain/pointing-target.ts';
import { scanRequestSchema, type ScanRequest } from '#contract/rest/sessions';
import type { RotorRow } from '../store/rotors.ts';
import type { PointingParts } from './parts.ts';
import { targetOf } from './target.ts';

/** The scans of one measurement of a target at its present direction. */
export interface PlannedMeasurement {
  target: KnownTarget;
  scans: ScanRequest[];
}

/**
 * Plans a measurement that begins now. Throws `busy` without a beam width, or if the target cannot
 * be measured now; what `targetOf` throws.
 */
export async function planMeasurement(
  parts: Pick<PointingParts, 'db' | 'analyst' | 'placeOf'>,
  rotor: RotorRow,
  request: PointingCalibrationRequest,
  notes: string,
): Promise<PlannedMeasurement> {
  // Its scans have the frequency of the rotor.
  const { beam_width_deg: beamWidthDeg } = rotorAtFrequency(rotor, rotor.center_frequency_hz);
  if (beamWidthDeg === null)
    throw new SkyScanError(
      'busy',
      `the beam width of rotor ${rotor.id} is unknown: set beam_width_deg (PUT /api/rotors/${rotor.id})`,
    );
  const target = await targetOf(parts, request.target, rotor.site_id, beamWidthDeg);
  const areasAt = (direction: Pointing) =>
    scansAround(direction, request.kind, beamWidthDeg, request.size_deg ?? undefined);
  const areas = requireMeasurable(target, rotorConfig(rotor), areasAt, Date.now());
  const scans = areas.map((area) =>
    scanRequestSchema.parse({
      ...area,
      rotor_id: rotor.id,
      rssi_iterations: request.rssi_iterations,
      notes: `pointing calibration: ${target.name}${notes}`,
    }),
  );
  return { target, scans };
}
