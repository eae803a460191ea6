import { SkyScanError } from '#shared/base/errors';
import { minFftSamples, needsChannel } from './channel.ts';
import { samplesPerRead } from './reads.ts';
import { checkReadLength, checkResolution, checkValues, type SpectrumSettings } from './spectrum-channels.ts';

/** Settings of a read. */
export interface ReadSettings {
  centerFrequencyHz: number;
  bandwidthHz: number;
  gainDb: number;
  readMs: number;
  dbmOffsetDb?: number | undefined;
  /** 0 or absent: the configured correction. */
  frequencyCorrectionPpm?: number;
  biasTee?: boolean;
  /** A spectrum with every read; the level of the read is computed from it. */
  spectrum?: SpectrumSettings | undefined;
}

const MIN_SAMPLES = 16;
const MAX_READ_MS = 60_000;
const MAX_READS = 1_000;
const MAX_DWELL_MS = 600_000;
const MAX_CORRECTION_PPM = 1_000;

/**
 * Throws `out_of_range` or `invalid`, with value, limit and unit, for settings that are impossible
 * at this rate.
 */
export function checkReadSettings(settings: ReadSettings, sampleRateHz: number): void {
  const { bandwidthHz, readMs, spectrum } = settings;
  checkBandwidth(bandwidthHz, sampleRateHz);
  if (readMs > MAX_READ_MS) throw outOfRange(`read time ${readMs} ms is above ${MAX_READ_MS} ms`);
  const samples = samplesPerRead(readMs, sampleRateHz);
  if (samples < MIN_SAMPLES)
    throw outOfRange(
      `read time ${readMs} ms holds ${samples} samples at ${sampleRateHz} Hz; at least ${MIN_SAMPLES} are needed`,
    );
  if (spectrum) {
    checkResolution(bandwidthHz, sampleRateHz, spectrum);
    checkReadLength(readMs, samples, sampleRateHz, spectrum);
    return;
  }
  if (!needsChannel(bandwidthHz, sampleRateHz)) return;
  const needed = minFftSamples(bandwidthHz, sampleRateHz);
  if ((needed * bandwidthHz) / sampleRateHz < 8)
    throw outOfRange(`bandwidth ${bandwidthHz} Hz is below ${Math.ceil((8 * sampleRateHz) / needed)} Hz`);
  if (samples < needed)
    throw outOfRange(
      `read time ${readMs} ms is too short for a bandwidth of ${bandwidthHz} Hz: at least ${(needed * 1000) / sampleRateHz} ms`,
    );
}

/** Throws `out_of_range` for a channel wider than the sampled band. */
export function checkBandwidth(bandwidthHz: number, sampleRateHz: number): void {
  if (bandwidthHz > sampleRateHz)
    throw outOfRange(`bandwidth ${bandwidthHz} Hz is above the sample rate of ${sampleRateHz} Hz`);
}

/** The correction in whole ppm, as librtlsdr requires; throws `out_of_range` above the limit. */
export function correctionPpm(wantedPpm: number | undefined, configuredPpm: number): number {
  const ppm = wantedPpm || configuredPpm;
  if (Math.abs(ppm) > MAX_CORRECTION_PPM)
    throw outOfRange(
      `frequency correction ${ppm} ppm is outside ${-MAX_CORRECTION_PPM}..${MAX_CORRECTION_PPM} ppm`,
    );
  return Math.round(ppm);
}

/** Throws `invalid` or `out_of_range` for too many or too few reads. */
export function checkReadCount(reads: number, { readMs, spectrum }: ReadSettings): void {
  if (!Number.isInteger(reads) || reads < 1)
    throw new SkyScanError('invalid', `reads ${reads} must be at least 1`);
  if (reads > MAX_READS) throw outOfRange(`reads ${reads} is above ${MAX_READS}`);
  if (reads * readMs > MAX_DWELL_MS)
    throw outOfRange(`${reads} reads of ${readMs} ms take longer than ${MAX_DWELL_MS} ms`);
  if (spectrum) checkValues(reads, spectrum);
}

/** Throws `invalid` unless the read time is a whole number of seconds, as rtl_power requires. */
export function checkWholeSeconds(readMs: number): void {
  if (readMs < 1000 || readMs % 1000 !== 0)
    throw new SkyScanError(
      'invalid',
      `read time ${readMs} ms must be a whole number of seconds for an rtl_power receiver, at least 1000 ms`,
    );
  if (readMs > MAX_READ_MS) throw outOfRange(`read time ${readMs} ms is above ${MAX_READ_MS} ms`);
}

/** Lowest and highest frequency, Hz. */
export type Band = readonly [number, number];

/** The tuning ranges of a tuner: one band, or several separate ones. */
export interface TunerRange {
  name: string;
  bandsHz: readonly Band[];
}

/** Whether the tuner can use this frequency for a channel: both must be in the same band. */
export function reachesFrequency(tunerHz: number, channelHz: number, { bandsHz }: TunerRange): boolean {
  const band = bandsHz.find(([low, high]) => channelHz >= low && channelHz <= high);
  return band !== undefined && tunerHz >= band[0] && tunerHz <= band[1];
}

/** Throws `out_of_range` for a frequency outside the tuner's bands. */
export function checkFrequency(hz: number, { name, bandsHz }: TunerRange): void {
  if (bandsHz.some(([low, high]) => hz >= low && hz <= high)) return;
  const below = bandsHz.filter(([, high]) => high < hz).at(-1);
  const above = bandsHz.find(([low]) => low > hz);
  if (below && above)
    throw outOfRange(
      `center frequency ${hz} Hz is in the gap of the ${name} tuner, ${below[1]}..${above[0]} Hz, where it does not lock`,
    );
  const [lowest, highest] = [bandsHz[0]?.[0], bandsHz.at(-1)?.[1]];
  throw outOfRange(`center frequency ${hz} Hz is outside ${lowest}..${highest} Hz of the ${name} tuner`);
}

/** The tuner's gain closest to the wanted one, dB. */
export function nearestGainDb(wantedDb: number, gainsDb: readonly number[]): number {
  return gainsDb.reduce(
    (best, gain) => (Math.abs(gain - wantedDb) < Math.abs(best - wantedDb) ? gain : best),
    gainsDb[0] ?? wantedDb,
  );
}

function outOfRange(message: string): SkyScanError {
  return new SkyScanError('out_of_range', message);
}
