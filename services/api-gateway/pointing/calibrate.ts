import type { PointingCalibrationRequest } from '#contract/rest/pointing';
import { errorKind, SkyScanError } from '#shared/base/errors';
import { actOnScan } from '../scans/act-on-scan.ts';
import { previewScan } from '../scans/start-scan.ts';
import { cancelJob, findJob, insertJob } from '../store/pointing/jobs.ts';
import type { RotorRow } from '../store/rotors.ts';
import { hasSessions } from '../store/sessions.ts';
import { planMeasurement } from './measurement.ts';
import type { PointingParts } from './parts.ts';

const SCAN_ACTIVE = 'Cannot calibrate the pointing of rotor while a scan is active';

/**
 * Starts a calibration, after all checks that a scan makes. Throws `busy` if one is running, a scan
 * is active, or the target cannot be measured now; what `previewScan` and
 * `targetOf` throw.
 */
export async function startCalibration(
  parts: PointingParts,
  rotor: RotorRow,
  request: PointingCalibrationRequest,
): Promise<void> {
  const { db } = parts;
  const running = () =>
    new SkyScanError(
      'busy',
      `A pointing calibration of rotor ${rotor.id} is running; cancel it with DELETE /api/rotors/${rotor.id}/calibrate-pointing`,
    );
  if ((await findJob(db, rotor.id))?.status === 'running') throw running();
  if (await hasSessions(db, rotor.id, ['pending', 'running', 'paused']))
    throw new SkyScanError('busy', SCAN_ACTIVE);
  const { scans } = await planMeasurement(parts, rotor, request, '');
  for (const scan of scans) await previewScan(parts, scan);
  if (!(await insertJob(db, rotor.id, request))) throw running();
}

/** Cancels the calibration of a rotor and its scan. Throws `busy` if none is running. */
export async function cancelCalibration(parts: PointingParts, rotor: RotorRow): Promise<void> {
  const job = await cancelJob(parts.db, rotor.id, null);
  if (!job) throw new SkyScanError('busy', `No pointing calibration of rotor ${rotor.id} is running`);
  const last = job.session_ids.at(-1);
  if (last === undefined) return;
  await actOnScan(parts, 'cancel', last).catch((error: unknown) => {
    if (errorKind(error) !== 'wrong_state' && errorKind(error) !== 'not_found') throw error;
  });
}
