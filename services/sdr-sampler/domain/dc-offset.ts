import type { Complex } from './power.ts';
import type { ReadLevels } from './reads.ts';

// Every tuner adds a constant, its DC offset, and a carrier on the tuner's own frequency is a
// constant too. Two tunings tell them apart: the DC offset stays, the carrier moves away from 0 Hz
// and is in the sum of the other samples.

/** What is hidden at 0 Hz does not matter below this share of the power: 0.13 dB. */
const HIDDEN_SHARE = 0.03;
/**
 * The mean of noise over N samples has 1 / N of its power; ten times that never happens by chance.
 */
const NOISE_SHARE_TIMES_SAMPLES = 10;
/** Both tunings must give the same level: 0.2 dB, and three standard errors of their difference. */
const SAME_LEVEL_SHARE = 0.047;
const SIGMAS = 3;
/**
 * No tuner has a DC offset above 8 LSB: -24 dBFS. What is larger holds a carrier, at both tunings.
 */
const MAX_DC_POWER = (8 / 127.5) ** 2;

/**
 * Levels of reads whose channel contains the tuner's own frequency. `dc`: the DC offset, undefined
 * when it is not known.
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

/** What two tunings say of the DC offset. */
export interface DcVerdict {
  dc: Complex;
  /** The tuning that has less at its own frequency; `either`: nothing is hidden in both. */
  better: 'first' | 'second' | 'either';
  /** Both tunings give the same level with this DC offset. */
  certain: boolean;
}

/**
 * Takes the DC offset from reads of the same channel at two tunings; each list has at least one
 * read.
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
