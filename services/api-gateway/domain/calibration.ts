/** Settings of a calibration, or the settings to be calibrated. */
export interface CalibratedSettings {
  centerFrequencyHz: number;
  bandwidthHz: number;
  /** Actual gain of the tuner. */
  gainDb: number;
}

/** Reads of a signal of known level. */
export interface CalibrationReads {
  stdDb: number;
  flags: readonly string[];
  readMs: number;
  bandwidthHz: number;
}

// The synthesizer deviates by up to a few hundred hertz from the requested frequency.
const SAME_FREQUENCY_HZ = 1_000;
const SAME_BANDWIDTH = 0.01;
// Tuners have steps of a tenth of a decibel.
const SAME_GAIN_DB = 0.05;

/** Whether a calibration for one applies to the other. */
export function sameSettings(a: CalibratedSettings, b: CalibratedSettings): boolean {
  return (
    Math.abs(a.centerFrequencyHz - b.centerFrequencyHz) <= SAME_FREQUENCY_HZ &&
    Math.abs(a.bandwidthHz - b.bandwidthHz) <= SAME_BANDWIDTH * b.bandwidthHz &&
    Math.abs(a.gainDb - b.gainDb) <= SAME_GAIN_DB
  );
}

/**
 * How samplers tune to a channel. 1 (until 0.1.0): to its centre, where a carrier was treated as
 * the tuner's DC offset and read up to 40 dB low. 2: beside the channel. Calibrations of another
 * version do not apply.
 */
export const TUNING_VERSION = 2;

/** The newest calibration for each setting; the input is sorted, newest first. */
export function newestPerSettings<T>(
  calibrations: readonly T[],
  settingsOf: (one: T) => CalibratedSettings,
): T[] {
  const newest: T[] = [];
  for (const one of calibrations)
    if (!newest.some((kept) => sameSettings(settingsOf(one), settingsOf(kept)))) newest.push(one);
  return newest;
}

// The spread of noise reads is 4.343 / sqrt(B tau) dB, 4.343 = 10 / ln 10 (the radiometer equation
// in decibels). Ten or more reads never exceed three times that by chance; 0.2 dB allow for an
// unsteady generator and a tuner that warms up.
const NOISE_DB = 10 / Math.LN10;
const SIGMAS = 3;
const UNSTEADY_DB = 0.2;

/**
 * Maximum spread of the reads of a steady level, dB: that of noise in the bandwidth. A carrier has
 * less.
 */
export function maxSpreadDb({
  readMs,
  bandwidthHz,
}: Pick<CalibrationReads, 'readMs' | 'bandwidthHz'>): number {
  const independentSamples = Math.max(1, (readMs / 1000) * bandwidthHz);
  return (SIGMAS * NOISE_DB) / Math.sqrt(independentSamples) + UNSTEADY_DB;
}

/** Why the reads cannot be used, with the action to take; undefined if they can. */
export function problemWithReads(measured: CalibrationReads): string | undefined {
  const { flags, stdDb } = measured;
  if (flags.includes('clipped'))
    return 'The receiver is overdriven (clipped): lower the level or gain_db, and calibrate again';
  if (flags.includes('underloaded'))
    return 'The signal is too weak for the converter (underloaded): raise the level or gain_db, and calibrate again';
  if (flags.includes('dropped'))
    return 'Samples were lost between receiver and sampler (dropped): calibrate again';
  if (flags.includes('dc_offset'))
    return (
      "A carrier is at the tuner's own frequency (dc_offset), and the two tunings of the channel give different levels: check " +
      'that the generator is steady, or use a narrower bandwidth_hz, and calibrate again'
    );
  const maxDb = maxSpreadDb(measured);
  if (stdDb > maxDb)
    return (
      `The level is not steady: the spread of the reads is ${stdDb.toFixed(2)} dB, the limit is ${maxDb.toFixed(2)} dB. ` +
      'Check the generator and the cable, remove other signals from the frequency, and calibrate again'
    );
  return undefined;
}
