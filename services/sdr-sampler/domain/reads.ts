import { addSamples, emptySums, levelsOf, type SampleLevels } from './power.ts';
import type { ReadSpectrum } from '#shared/spectrum/read-spectrum';

/** One RSSI value over consecutive samples. */
export interface ReadLevels extends SampleLevels {
  /** Index of its first sample in the stream. */
  firstIndex: number;
  /** Number of samples missing inside it. */
  droppedSamples: number;
  /** The tuner's DC offset may hide a carrier: the level may be too low. */
  dcInDoubt: boolean;
  /** Undefined unless it was requested. */
  spectrum?: ReadSpectrum | undefined;
}

/** Measures the channel of a read, with or without its spectrum. */
interface ReadMeter {
  /** Adds consecutive samples, pairs of unsigned bytes. */
  add(iq: Uint8Array): void;
  /** Mean power in the channel; undefined if that is the whole sampled band. */
  fullScalePower(): number | undefined;
  spectrum?(): ReadSpectrum;
  /** Discards everything added so far. */
  reset(): void;
}

/** Splits a stream of samples into consecutive reads. */
export interface ReadSplitter {
  /** Adds samples starting at an index; returns the completed reads. */
  push(iq: Uint8Array, firstIndex: number): ReadLevels[];
  /** Discards the read in progress. */
  reset(): void;
}

/** Samples in one read. */
export function samplesPerRead(readMs: number, sampleRateHz: number): number {
  return Math.round((readMs * sampleRateHz) / 1000);
}

/**
 * Measures the channel of the meter if it has one, otherwise the whole band. `dcInside`: the
 * channel contains 0 Hz, so the mean is removed from its power too.
 */
export function createReadSplitter(
  samples: number,
  meter: ReadMeter | undefined,
  dcInside = true,
): ReadSplitter {
  let sums = emptySums();
  let firstIndex = 0;

  function reset(): void {
    sums = emptySums();
    meter?.reset();
  }

  function finish(): ReadLevels {
    const levels = levelsOf(sums);
    const fullScalePower = channelPower(levels);
    const spectrum = meter?.spectrum?.();
    reset();
    const read = { ...levels, fullScalePower, firstIndex, droppedSamples: 0, dcInDoubt: false };
    return spectrum ? { ...read, spectrum } : read;
  }

  // A constant adds its power to the bins around 0 Hz: sum of |x|^2 = sum of |x - mean|^2 +
  // |mean|^2.
  function channelPower({ mean, fullScalePower }: SampleLevels): number {
    const power = meter?.fullScalePower();
    if (power === undefined) return fullScalePower;
    return dcInside ? Math.max(0, power - (mean.i ** 2 + mean.q ** 2)) : power;
  }

  return {
    push(iq, blockIndex) {
      const done: ReadLevels[] = [];
      for (let at = 0; at < iq.length;) {
        if (sums.samples === 0) firstIndex = blockIndex + at / 2;
        const piece = iq.subarray(at, at + 2 * (samples - sums.samples));
        addSamples(sums, piece);
        meter?.add(piece);
        at += piece.length;
        if (sums.samples === samples) done.push(finish());
      }
      return done;
    },
    reset,
  };
}

/** Counts missing samples on the read that lacks them. */
export function countDropped(reads: readonly ReadLevels[], gap: { index: number; samples: number }): void {
  const read = reads.findLast(({ firstIndex }) => firstIndex <= gap.index) ?? reads[0];
  if (read) read.droppedSamples += gap.samples;
}
