import type { ChannelMeter } from './channel.ts';
import { addSamples, emptySums, levelsOf, type SampleLevels } from './power.ts';

/** One RSSI value over consecutive samples. */
export interface ReadLevels extends SampleLevels {
  /** Index of its first sample in the stream. */
  firstIndex: number;
  /** Number of samples missing inside it. */
  droppedSamples: number;
  /** The tuner's DC offset may hide a carrier: the level may be too low. */
  dcInDoubt: boolean;
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
 * Measures the channel if there is one, otherwise the whole band. `dcInside`: the channel contains
 * 0 Hz, so the mean is removed from its power too.
 */
export function createReadSplitter(
  samples: number,
  channel: ChannelMeter | undefined,
  dcInside = true,
): ReadSplitter {
  let sums = emptySums();
  let firstIndex = 0;

  function reset(): void {
    sums = emptySums();
    channel?.reset();
  }

  function finish(): ReadLevels {
    const levels = levelsOf(sums);
    const fullScalePower = channel ? channelPower(channel, levels) : levels.fullScalePower;
    reset();
    return { ...levels, fullScalePower, firstIndex, droppedSamples: 0, dcInDoubt: false };
  }

  // A constant adds its power to the bins around 0 Hz: sum of |x|^2 = sum of |x - mean|^2 +
  // |mean|^2.
  function channelPower(meter: ChannelMeter, { mean }: SampleLevels): number {
    const power = meter.fullScalePower();
    return dcInside ? Math.max(0, power - (mean.i ** 2 + mean.q ** 2)) : power;
  }

  return {
    push(iq, blockIndex) {
      const done: ReadLevels[] = [];
      for (let at = 0; at < iq.length;) {
        if (sums.samples === 0) firstIndex = blockIndex + at / 2;
        const piece = iq.subarray(at, at + 2 * (samples - sums.samples));
        addSamples(sums, piece);
        channel?.add(piece);
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
