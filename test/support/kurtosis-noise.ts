/** Correlation of the amplitudes of two half-overlapping Hann windows of white noise. */
const OVERLAP = 1 / 6;
// Sums of these multiples of consecutive independent amplitudes have the mean power 1 and that
// correlation.
const SECOND = (Math.sqrt(1 + 2 * OVERLAP) + Math.sqrt(1 - 2 * OVERLAP)) / 2;
const FIRST = (Math.sqrt(1 + 2 * OVERLAP) - Math.sqrt(1 - 2 * OVERLAP)) / 2;

/** What sdr-sampler computes from the transforms of a point in one channel. */
export interface ChannelStatistics {
  mean: number;
  kurtosis: number;
}

export interface ChannelPlan {
  /** In each read. */
  transforms: number;
  reads?: number;
  /** A carrier during the first transforms of each read; power relative to the noise. */
  burst?: { transforms: number; power: number };
}

/**
 * Half-overlapping transforms of white noise with the mean power 1 in one channel, with their
 * exact distribution: transforms that are not neighbours do not overlap, and neither do those of
 * two reads.
 */
export function createChannelNoise(seed: number): (plan: ChannelPlan) => ChannelStatistics {
  const random = createLongRandom(seed);
  return ({ transforms, reads = 1, burst = { transforms: 0, power: 0 } }) => {
    const burstAmplitude = Math.sqrt(burst.power);
    let sum = 0;
    let squareSum = 0;
    for (let read = 0; read < reads; read++) {
      let lastRe = 0;
      let lastIm = 0;
      for (let transform = -1; transform < transforms; transform++) {
        // The polar method (Marsaglia and Bray 1964).
        let re: number;
        let im: number;
        let square: number;
        do {
          re = random();
          im = random();
          square = re * re + im * im;
        } while (square >= 1 || square === 0);
        const scale = Math.sqrt(-Math.log(square) / square);
        re *= scale;
        im *= scale;
        if (transform >= 0) {
          const signal = transform < burst.transforms ? burstAmplitude : 0;
          const sumRe = SECOND * re + FIRST * lastRe + signal;
          const sumIm = SECOND * im + FIRST * lastIm;
          const power = sumRe * sumRe + sumIm * sumIm;
          sum += power;
          squareSum += power * power;
        }
        lastRe = re;
        lastIm = im;
      }
    }
    const all = reads * transforms;
    const independent = all / (1 + (2 * OVERLAP ** 2 * (transforms - 1)) / transforms);
    const ratio = (all * squareSum) / (sum * sum);
    return { mean: sum / all, kurtosis: ((independent + 1) / (independent - 1)) * (ratio - 1) };
  };
}

/**
 * Uniform in [-1, 1): xoshiro128** (Blackman and Vigna 2018). `seededRandom` repeats after 2^32
 * numbers, fewer than a simulation of kurtosis needs.
 */
function createLongRandom(seed: number): () => number {
  let a = seed | 0;
  let b = 0x9e3779b9 | 0;
  let c = 0x243f6a88 | 0;
  let d = 0xb7e15162 | 0;
  const next = () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result / 2 ** 31;
  };
  // The first numbers of similar seeds are similar.
  for (let k = 0; k < 32; k++) next();
  return next;
}
