import { SkyScanError } from '../base/errors.ts';

/** Bytes of a sample: I and Q. */
export const SAMPLE_BYTES = 2;
/** Longest recording of samples, bytes: sdr-sampler holds it in memory. */
const MAX_BYTES = 16 * 2 ** 20;

/** Samples of a recording. Throws `invalid` and `out_of_range`, with the limit at this rate. */
export function samplesToRecord(durationMs: number, sampleRateHz: number): number {
  if (!(durationMs > 0) || !Number.isFinite(durationMs))
    throw new SkyScanError('invalid', `duration_ms ${durationMs} must be greater than 0`);
  const samples = Math.round((durationMs * sampleRateHz) / 1000);
  if (samples < 1)
    throw new SkyScanError('out_of_range', `duration_ms ${durationMs} holds no sample at ${sampleRateHz} Hz`);
  if (samples * SAMPLE_BYTES > MAX_BYTES) {
    const maxMs = Math.floor((MAX_BYTES / SAMPLE_BYTES / sampleRateHz) * 1000);
    throw new SkyScanError(
      'out_of_range',
      `duration_ms ${durationMs} is ${((samples * SAMPLE_BYTES) / 2 ** 20).toFixed(2)} MiB at ${sampleRateHz} Hz; at most ${MAX_BYTES / 2 ** 20} MiB, which is ${maxMs} ms`,
    );
  }
  return samples;
}
