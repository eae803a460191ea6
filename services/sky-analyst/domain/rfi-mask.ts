import { findInterference } from './find-interference.ts';
import { flagKurtosis } from './kurtosis-flags.ts';
import { STATE } from './plane.ts';

/** The spectrum of a point. Power is linear, in any unit; NaN where unknown. */
export interface MaskInput {
  power: Float32Array;
  /** Spectral kurtosis; undefined if the receiver does not report it (rtl_power). */
  kurtosis: Float32Array | undefined;
  /** Share of the reads in which the channel is above the noise floor, 0 to 1. */
  occupancy: Float32Array | undefined;
  /** Half-overlapping transforms in all reads of the point; undefined if unknown. */
  transforms: number | undefined;
}

/** Interference in a point. Excluded channels and those without a level do not count. */
export interface PointMask {
  /** One bit per channel, the lowest bit of the first byte first: 1 is interference. */
  flags: Uint8Array;
  /** Share of the channels that are flagged, 0 to 1. */
  flaggedChannels: number;
  /**
   * Share of time with interference: the highest occupancy of a flagged channel; 0 without one.
   */
  flaggedTime: number;
  /** Sum of the power of the channels. */
  mean: number;
  /**
   * The same without interference: the sum over the other channels, times the ratio that the
   * bandpass gives for all channels. Equals `mean` without flags; NaN if all channels are flagged.
   */
  meanClean: number;
}

export interface RfiMask {
  /**
   * Adds the next point in the order of measurement. Returns the masks of earlier points, in
   * order: none most of the time, then those of a chunk.
   */
  push(point: MaskInput): PointMask[];
  /** The masks of the remaining points. No point may follow. */
  finish(): PointMask[];
}

export interface MaskSettings {
  channels: number;
  /**
   * 1 for each channel that is neither used nor flagged: DC offset, band edge, outside of the
   * measured bandwidth. The receiver causes what is there, so it is no interference, and it is
   * there at every pointing.
   */
  excluded?: Uint8Array;
  /** The step to which kurtosis was rounded, in dB; 0 if it was not. */
  kurtosisStepDb?: number;
  /** Points for which the masks are found at once; the delay is 96 points longer. */
  chunkRows?: number;
}

/** Changes with the method: results of another version are not comparable. */
export const MASK_VERSION = 1;

const MAX_CHUNK_ROWS = 2_048;
/** Limits the memory with many channels: 25 bytes for each value of a chunk. */
const MAX_CHUNK_VALUES = MAX_CHUNK_ROWS * 1_024;
/** The longest window of SumThreshold and the window of the background, with a margin. */
const OVERLAP_ROWS = 96;
/** By how much half-overlapping raises the variance of a mean: 1 + 2/36. */
const TRANSFORMS_PER_INDEPENDENT = 19 / 18;

/**
 * Finds interference in the spectra of points, in chunks: memory does not grow with their number.
 * A value is flagged if its kurtosis is outside the limits of noise, or if SumThreshold and the
 * rank operator flag it in the plane of points x channels.
 */
export function createRfiMask(settings: MaskSettings): RfiMask {
  const { channels, excluded, kurtosisStepDb = 0 } = settings;
  const longest = Math.min(MAX_CHUNK_ROWS, Math.max(OVERLAP_ROWS, Math.floor(MAX_CHUNK_VALUES / channels)));
  const chunkRows = Math.min(longest, Math.max(1, settings.chunkRows ?? longest));
  const buffer = createBuffer(chunkRows + 2 * OVERLAP_ROWS, channels);
  /** Rows at the begin of the buffer whose masks have been returned. */
  let history = 0;
  let filled = 0;
  let pushed = 0;

  const masks = (end: number): PointMask[] => {
    if (end === history) return [];
    const { power, states, occupancy } = buffer;
    const size = filled * channels;
    const values = power.subarray(0, size);
    const found = states.slice(0, size);
    const independent = buffer.transforms
      .subarray(0, filled)
      .map((count) => count / TRANSFORMS_PER_INDEPENDENT);
    const bandpass = findInterference({ rows: filled, channels, values }, found, independent);
    return Array.from({ length: end - history }, (_, k) => {
      const [first, last] = [(history + k) * channels, (history + k + 1) * channels];
      return maskOf(
        power.subarray(first, last),
        found.subarray(first, last),
        occupancy.subarray(first, last),
        bandpass,
      );
    });
  };

  return {
    push({ power, kurtosis, occupancy, transforms = NaN }) {
      const start = filled * channels;
      buffer.power.set(power, start);
      if (occupancy) buffer.occupancy.set(occupancy, start);
      else buffer.occupancy.fill(0, start, start + channels);
      buffer.transforms[filled] = transforms;
      const states = buffer.states.subarray(start, start + channels);
      for (let k = 0; k < channels; k++)
        states[k] = excluded?.[k] !== 1 && (power[k] as number) > 0 ? STATE.clean : STATE.unusable;
      if (kurtosis)
        flagKurtosis({ values: kurtosis, transforms, stepDb: kurtosisStepDb, index: pushed }, states);
      pushed++;
      filled++;
      if (filled < history + chunkRows + OVERLAP_ROWS) return [];
      const found = masks(history + chunkRows);
      const kept = Math.min(OVERLAP_ROWS, history + chunkRows);
      dropRows(buffer, history + chunkRows - kept, filled, channels);
      filled = kept + OVERLAP_ROWS;
      history = kept;
      return found;
    },
    finish: () => masks(filled),
  };
}

interface Buffer {
  power: Float32Array;
  occupancy: Float32Array;
  /** Excluded channels, unknown levels, and kurtosis outside the limits. */
  states: Uint8Array;
  transforms: Float64Array;
}

function createBuffer(rows: number, channels: number): Buffer {
  return {
    power: new Float32Array(rows * channels),
    occupancy: new Float32Array(rows * channels),
    states: new Uint8Array(rows * channels),
    transforms: new Float64Array(rows),
  };
}

function dropRows(buffer: Buffer, rows: number, filled: number, channels: number): void {
  for (const values of [buffer.power, buffer.occupancy, buffer.states])
    values.copyWithin(0, rows * channels, filled * channels);
  buffer.transforms.copyWithin(0, rows, filled);
}

function maskOf(
  power: Float32Array,
  states: Uint8Array,
  occupancy: Float32Array,
  bandpass: Float64Array,
): PointMask {
  const flags = new Uint8Array(Math.ceil(power.length / 8));
  const all = { count: 0, power: 0, bandpass: 0 };
  const clean = { count: 0, power: 0, bandpass: 0 };
  let flaggedTime = 0;
  for (let k = 0; k < power.length; k++) {
    if (states[k] === STATE.unusable) continue;
    for (const sums of states[k] === STATE.clean ? [all, clean] : [all]) {
      sums.count++;
      sums.power += power[k] as number;
      sums.bandpass += bandpass[k] as number;
    }
    if (states[k] === STATE.clean) continue;
    flags[k >> 3] = (flags[k >> 3] as number) | (1 << (k & 7));
    if ((occupancy[k] as number) > flaggedTime) flaggedTime = occupancy[k] as number;
  }
  return {
    flags,
    flaggedChannels: all.count === 0 ? 0 : 1 - clean.count / all.count,
    flaggedTime,
    mean: all.count === 0 ? NaN : all.power,
    meanClean: clean.power * (all.bandpass / clean.bandpass),
  };
}
