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
  if (rotor.rssi_source !== 'sdr' || rotor.dbm_offset_db !== null) return rotor;
  const newest = (await calibrationsFor(db, rotor, tunerGainDb)).find(isCurrent);
  return newest ? { ...rotor, dbm_offset_db: newest.dbm_offset_db } : rotor;
}

/** The rotor with the frequency and bandwidth of a band. */
export function atBand<Rotor extends RotorFields>(rotor: Rotor, band: ApiBand): Rotor {
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
  const pinned: PinnedBand[] = [];
  for (const { center_frequency_hz, bandwidth_hz } of bands) {
    const band = { center_frequency_hz, bandwidth_hz };
    const { dbm_offset_db } = await pinCalibration(db, atBand(rotor, band), tunerGainDb);
    pinned.push({ ...band, dbm_offset_db });
  }
  return pinned;
}

/** Calibrations for the rotor's frequency, bandwidth and gain, newest first. */
async function calibrationsFor(
  db: Queryable,
  rotor: RotorFields,
  tunerGainDb: number | undefined,
): Promise<CalibrationRow[]> {
  const wanted = {
    centerFrequencyHz: rotor.center_frequency_hz,
    bandwidthHz: rotor.bandwidth_hz,
    gainDb: tunerGainDb ?? rotor.gain_db,
  };
  const calibrations = await listCalibrations(db, { siteId: rotor.site_id, name: rotor.receiver });
  return calibrations.filter((calibration) => sameSettings(settingsOf(calibration), wanted));
}

/** Warnings of a preview whose levels will not be calibrated. */
export async function calibrationWarnings(
  db: Queryable,
  rotor: RotorFields,
  tunerGainDb: number | undefined,
): Promise<string[]> {
  const { rssi_source, receiver, center_frequency_hz, bandwidth_hz, gain_db } = rotor;
  if (rssi_source !== 'sdr') return [];
  if ((await pinCalibration(db, rotor, tunerGainDb)).dbm_offset_db !== null) return [];
  const [outdated] = await calibrationsFor(db, rotor, tunerGainDb);
  if (outdated)
    return [
      `levels will be in dBFS: calibration ${outdated.id} of receiver ${receiver} was made with tuning_version ` +
        `${outdated.tuning_version}, but levels are now measured with ${TUNING_VERSION}; calibrate again`,
    ];
  return [
    `levels will be in dBFS: receiver ${receiver} has no calibration for ${center_frequency_hz / 1e6} MHz, ` +
      `${bandwidth_hz / 1e6} MHz of bandwidth and ${tunerGainDb ?? gain_db} dB of gain`,
  ];
}

/** Whether levels are still measured as they were for this calibration. */
export function isCurrent({ tuning_version }: CalibrationRow): boolean {
  return tuning_version === TUNING_VERSION;
}

export function settingsOf({ center_frequency_hz, bandwidth_hz, gain_db }: CalibrationRow) {
  return { centerFrequencyHz: center_frequency_hz, bandwidthHz: bandwidth_hz, gainDb: gain_db };
}
