/** How a receiver was set when it was calibrated, or is to be set. */
export interface CalibratedSettings {
  centerFrequencyHz: number;
  bandwidthHz: number;
  /** What the tuner really has. */
  gainDb: number;
}

/** What a receiver made of a signal of known level. */
export interface CalibrationReads {
  stdDb: number;
  flags: readonly string[];
  readMs: number;
  bandwidthHz: number;
}

// The synthesizer sits up to a few hundred hertz beside what it was told; a filter that wide is
// another one.
const SAME_FREQUENCY_HZ = 1_000;
const SAME_BANDWIDTH = 0.01;
// Tuners step by tenths of a decibel.
const SAME_GAIN_DB = 0.05;

/** Whether what holds for one holds for the other. */
export function sameSettings(a: CalibratedSettings, b: CalibratedSettings): boolean {
  return (
    Math.abs(a.centerFrequencyHz - b.centerFrequencyHz) <= SAME_FREQUENCY_HZ &&
    Math.abs(a.bandwidthHz - b.bandwidthHz) <= SAME_BANDWIDTH * b.bandwidthHz &&
    Math.abs(a.gainDb - b.gainDb) <= SAME_GAIN_DB
  );
}

/**
 * How samplers set the tuner for a channel now. 1, until 0.1.0: on the channel's centre, where a
 * carrier was taken for the tuner's DC offset and read up to 40 dB low. 2: beside the channel. A
 * calibration of another version does not hold.
 */
export const TUNING_VERSION = 2;

/** Of several calibrations, newest first, the newest one for each of the settings. */
export function newestPerSettings<T>(
  calibrations: readonly T[],
  settingsOf: (one: T) => CalibratedSettings,
): T[] {
  const newest: T[] = [];
  for (const one of calibrations)
    if (!newest.some((kept) => sameSettings(settingsOf(one), settingsOf(kept)))) newest.push(one);
  return newest;
}

// Reads of noise scatter by 4.343 / sqrt(B tau) dB, 4.343 = 10 / ln 10 (the radiometer equation in
// decibels). Three times that never happens by chance over ten reads or more; 0.2 dB are for a
// generator that is not quite steady and for a tuner that warms up.
const NOISE_DB = 10 / Math.LN10;
const SIGMAS = 3;
const UNSTEADY_DB = 0.2;

/**
 * How far the reads of a steady level may scatter, dB: noise of that bandwidth, or a carrier, which
 * scatters less.
 */
export function maxSpreadDb({
  readMs,
  bandwidthHz,
}: Pick<CalibrationReads, 'readMs' | 'bandwidthHz'>): number {
  const independentSamples = Math.max(1, (readMs / 1000) * bandwidthHz);
  return (SIGMAS * NOISE_DB) / Math.sqrt(independentSamples) + UNSTEADY_DB;
}

/**
 * Why nothing can be calibrated with these reads, and what to do about it; undefined when they are
 * good.
 */
export function problemWithReads(measured: CalibrationReads): string | undefined {
  const { flags, stdDb } = measured;
  if (flags.includes('clipped'))
    return 'The receiver is overdriven (clipped): lower the level or gain_db, and calibrate again';
  if (flags.includes('underloaded'))
    return 'The signal is too weak for the converter (underloaded): raise the level or gain_db, and calibrate again';
  if (flags.includes('dropped'))
    return 'Samples were lost on the way from the receiver (dropped): calibrate again';
  if (flags.includes('dc_offset'))
    return (
      "A carrier lies on the tuner's own frequency (dc_offset), and both tunings of the channel disagree about its level: check " +
      'that the generator is steady, or use a narrower bandwidth_hz, and calibrate again'
    );
  const maxDb = maxSpreadDb(measured);
  if (stdDb > maxDb)
    return (
      `The level is not steady: the reads scatter by ${stdDb.toFixed(2)} dB, at most ${maxDb.toFixed(2)} dB are expected. ` +
      'Check the generator and the cable, keep others off the frequency, and calibrate again'
    );
  return undefined;
}
