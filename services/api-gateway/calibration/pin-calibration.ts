import type { ApiBand } from '#contract/rest/bands';
import { sameSettings, TUNING_VERSION } from '../domain/calibration.ts';
import { listCalibrations, type CalibrationRow } from '../store/calibrations.ts';
import type { Queryable } from '../store/queryable.ts';
import type { RotorFields } from '../store/rotors.ts';
import type { PinnedBand } from '../store/sessions.ts';

/**
 * Sets the rotor's `dbm_offset_db` from the newest matching calibration; unchanged if the user has
 * set it, if the rotor measures RSSI itself, or without a match. `tunerGainDb`: the actual gain of
 * the tuner; undefined: assumes the requested gain.
 */
export async function pinCalibration<Rotor extends RotorFields>(
  db: Queryable,
  rotor: Rotor,
  tunerGainDb: number | undefined,
): Promise<Rotor> {
  if (!needsCalibration(rotor)) return rotor;
  return { ...rotor, dbm_offset_db: offsetOf(await calibrationsOf(db, rotor), rotor, tunerGainDb) };
}

/** The rotor with the frequency and bandwidth of a band. */
function atBand<Rotor extends RotorFields>(rotor: Rotor, band: ApiBand): Rotor {
  const { center_frequency_hz, bandwidth_hz } = band;
  return { ...rotor, center_frequency_hz, bandwidth_hz };
}

/** Each band with its calibration, as `pinCalibration`. */
export async function pinBands(
  db: Queryable,
  rotor: RotorFields,
  bands: readonly ApiBand[],
  tunerGainDb: number | undefined,
): Promise<PinnedBand[]> {
  const calibrations = needsCalibration(rotor) ? await calibrationsOf(db, rotor) : undefined;
  return bands.map(({ center_frequency_hz, bandwidth_hz }) => {
    const band = { center_frequency_hz, bandwidth_hz };
    const dbm_offset_db = calibrations
      ? offsetOf(calibrations, atBand(rotor, band), tunerGainDb)
      : rotor.dbm_offset_db;
    return { ...band, dbm_offset_db };
  });
}

function needsCalibration({ rssi_source, dbm_offset_db }: RotorFields): boolean {
  return rssi_source === 'sdr' && dbm_offset_db === null;
}

/** The offset of the newest matching calibration; null without a match. */
function offsetOf(
  calibrations: readonly CalibrationRow[],
  rotor: RotorFields,
  tunerGainDb: number | undefined,
): number | null {
  return matching(calibrations, rotor, tunerGainDb).find(isCurrent)?.dbm_offset_db ?? null;
}

/** All calibrations of the rotor's receiver, newest first. */
function calibrationsOf(db: Queryable, rotor: RotorFields): Promise<CalibrationRow[]> {
  return listCalibrations(db, { siteId: rotor.site_id, name: rotor.receiver });
}

/** Those for the rotor's frequency, bandwidth and gain. */
function matching(
  calibrations: readonly CalibrationRow[],
  rotor: RotorFields,
  tunerGainDb: number | undefined,
): CalibrationRow[] {
  const wanted = {
    centerFrequencyHz: rotor.center_frequency_hz,
    bandwidthHz: rotor.bandwidth_hz,
    gainDb: tunerGainDb ?? rotor.gain_db,
  };
  return calibrations.filter((calibration) => sameSettings(settingsOf(calibration), wanted));
}

/** Warnings of a preview: one for each band whose levels will not be calibrated. */
export async function calibrationWarnings(
  db: Queryable,
  rotor: RotorFields,
  bands: readonly ApiBand[],
  tunerGainDb: number | undefined,
): Promise<string[]> {
  if (!needsCalibration(rotor)) return [];
  const calibrations = await calibrationsOf(db, rotor);
  return bands.flatMap((band) => {
    const found = matching(calibrations, atBand(rotor, band), tunerGainDb);
    return found.some(isCurrent) ? [] : [uncalibrated(atBand(rotor, band), found[0], tunerGainDb)];
  });
}

function uncalibrated(
  { receiver, center_frequency_hz, bandwidth_hz, gain_db }: RotorFields,
  outdated: CalibrationRow | undefined,
  tunerGainDb: number | undefined,
): string {
  return outdated
    ? `levels will be in dBFS: calibration ${outdated.id} of receiver ${receiver} was made with tuning_version ` +
        `${outdated.tuning_version}, but levels are now measured with ${TUNING_VERSION}; calibrate again`
    : `levels will be in dBFS: receiver ${receiver} has no calibration for ${center_frequency_hz / 1e6} MHz, ` +
        `${bandwidth_hz / 1e6} MHz of bandwidth and ${tunerGainDb ?? gain_db} dB of gain`;
}

/** Whether levels are still measured as they were for this calibration. */
export function isCurrent({ tuning_version }: CalibrationRow): boolean {
  return tuning_version === TUNING_VERSION;
}

export function settingsOf({ center_frequency_hz, bandwidth_hz, gain_db }: CalibrationRow) {
  return { centerFrequencyHz: center_frequency_hz, bandwidthHz: bandwidth_hz, gainDb: gain_db };
}
