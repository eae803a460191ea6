import { SkyScanError } from '#shared/base/errors';
import { problemWithReads } from '../domain/calibration.ts';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { ReceiverReport } from '../clients/receiver-messages.ts';
import { insertCalibration, type CalibrationRow, type SiteReceiver } from '../store/calibrations.ts';
import type { Database } from '../store/queryable.ts';

/** A signal of known level and how to measure it, with the names of the API. */
export interface CalibrationRequest {
  level_dbm: number;
  center_frequency_hz: number;
  bandwidth_hz: number;
  gain_db: number;
  read_ms: number;
  reads: number;
  frequency_correction_ppm: number;
  bias_tee: boolean;
}

export interface CalibrationParts {
  db: Database;
  orchestratorOf: (siteId: number) => Pick<Orchestrator, 'receivers' | 'measureLevel'>;
}

/**
 * Measures a known level and stores the offset. Throws `not_found` and `unavailable`; throws
 * `busy`, with the action to take, if the receiver is in use or the reads are not usable.
 */
export async function calibrate(
  { db, orchestratorOf }: CalibrationParts,
  { siteId, name }: SiteReceiver,
  request: CalibrationRequest,
): Promise<CalibrationRow> {
  const orchestrator = orchestratorOf(siteId);
  const receiver = await receiverNamed(orchestrator, name);
  if (!receiver.tuner)
    throw new SkyScanError(
      'unavailable',
      `Cannot connect to receiver ${name}: ${receiver.trouble ?? 'no answer'}`,
    );
  const settings = {
    centerFrequencyHz: request.center_frequency_hz,
    bandwidthHz: request.bandwidth_hz,
    gainDb: request.gain_db,
    readMs: request.read_ms,
    name,
    frequencyCorrectionPpm: request.frequency_correction_ppm,
    biasTee: request.bias_tee,
  };
  const level = await orchestrator.measureLevel(settings, request.reads);
  const problem = problemWithReads({ ...level, ...settings });
  if (problem !== undefined) throw new SkyScanError('busy', problem);
  return insertCalibration(db, {
    site_id: siteId,
    receiver: name,
    center_frequency_hz: request.center_frequency_hz,
    bandwidth_hz: request.bandwidth_hz,
    gain_db: level.gainDb,
    dbm_offset_db: request.level_dbm - level.meanDbfs,
    level_dbm: request.level_dbm,
    measured_dbfs: level.meanDbfs,
    std_db: level.stdDb,
    reads: request.reads,
    read_ms: request.read_ms,
    tuning_version: level.tuningVersion,
  });
}

/** Throws `not_found` with the published message. */
export async function receiverNamed(
  orchestrator: Pick<Orchestrator, 'receivers'>,
  name: string,
): Promise<ReceiverReport> {
  const receiver = (await orchestrator.receivers()).find((one) => one.name === name);
  if (!receiver) throw receiverNotFound();
  return receiver;
}

export function receiverNotFound(): SkyScanError {
  return new SkyScanError('not_found', 'Receiver not found');
}
