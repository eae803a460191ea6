import type { Complex } from './power.ts';
import type { ReadLevels } from './reads.ts';

// Every tuner adds a constant, its DC offset, and a carrier at the tuner's frequency is a constant
// too. Two tunings tell them apart: the DC offset stays, while the carrier moves away from 0 Hz and
// then appears in the power of the samples.

/** Power hidden at 0 Hz below this fraction of the total is negligible: 0.13 dB. */
const HIDDEN_SHARE = 0.03;
/**
 * The mean of N samples of noise has 1 / N of its power; ten times that is practically impossible.
 */
const NOISE_SHARE_TIMES_SAMPLES = 10;
/** Maximum difference between the levels of both tunings: 0.2 dB plus three standard errors. */
const SAME_LEVEL_SHARE = 0.047;
const SIGMAS = 3;
/**
 * No tuner has a DC offset above 8 LSB (-24 dBFS). A larger constant contains a carrier at both
 * tunings.
 */
const MAX_DC_POWER = (8 / 127.5) ** 2;

/**
 * Levels of reads whose channel contains the tuner's frequency. `dc`: the DC offset, undefined if
 * unknown.
 */
export function readsWithDc<T extends ReadLevels>(
  reads: readonly T[],
  dc: Complex | undefined,
  readSamples: number,
): T[] {
  return reads.map((read) => {
    const hidden = power(minus(read.mean, dc));
    const limit = HIDDEN_SHARE + NOISE_SHARE_TIMES_SAMPLES / readSamples;
    return {
      ...read,
      fullScalePower: read.fullScalePower + (dc ? hidden : 0),
      dcInDoubt: hidden > limit * read.fullScalePower,
    };
  });
}

/** Result of comparing two tunings. */
export interface DcVerdict {
  dc: Complex;
  /** The tuning with less power at its own frequency; `either`: nothing is hidden at both. */
  better: 'first' | 'second' | 'either';
  /** Both tunings yield the same level with this DC offset. */
  certain: boolean;
}

/**
 * Estimates the DC offset from reads of a channel at two tunings; each list has at least one read.
 */
export function dcOfTwoTunings(
  first: readonly ReadLevels[],
  second: readonly ReadLevels[],
  readSamples: number,
): DcVerdict {
  const a = averageOf(first);
  const b = averageOf(second);
  if (power(minus(a.mean, b.mean)) <= HIDDEN_SHARE * Math.min(a.fullScalePower, b.fullScalePower))
    return {
      dc: { i: (a.mean.i + b.mean.i) / 2, q: (a.mean.q + b.mean.q) / 2 },
      better: 'either',
      certain: power(a.mean) <= MAX_DC_POWER,
    };
  const better = power(a.mean) < power(b.mean) ? 'first' : 'second';
  const dc = better === 'first' ? a.mean : b.mean;
  const levelOf = (one: typeof a) => one.fullScalePower + power(minus(one.mean, dc));
  const samples = readSamples * Math.min(first.length, second.length);
  const tolerance = SAME_LEVEL_SHARE + SIGMAS * Math.sqrt(2 / samples);
  const certain = power(dc) <= MAX_DC_POWER && Math.abs(levelOf(a) / levelOf(b) - 1) <= tolerance;
  return { dc, better, certain };
}

function averageOf(reads: readonly ReadLevels[]): { mean: Complex; fullScalePower: number } {
  const average = (of: (read: ReadLevels) => number) =>
    reads.reduce((sum, read) => sum + of(read), 0) / reads.length;
  return {
    mean: { i: average(({ mean }) => mean.i), q: average(({ mean }) => mean.q) },
    fullScalePower: average(({ fullScalePower }) => fullScalePower),
  };
}

function power({ i, q }: Complex): number {
  return i * i + q * q;
}

function minus(a: Complex, b: Complex | undefined): Complex {
  return { i: a.i - (b?.i ?? 0), q: a.q - (b?.q ?? 0) };
}
