import { createRandom } from './random.ts';

const STEPS = 1 << 16;
/** Beyond this many standard deviations nothing is drawn in a lifetime of samples. */
const TAIL = 6;
const INTEGRATION_STEP = 1e-3;

/** Normal deviates of mean 0; the same seed gives the same ones. */
export interface Noise {
  /** Fills an even number of elements with new deviates of this standard deviation. */
  fill(target: Float32Array, sigma: number): void;
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna 2018): each 32-bit number gives two deviates, whose 16 bits
 * select one of 65,536 equally likely values. This takes a few nanoseconds, so that the noise of
 * 2.4 MS/s never repeats.
 */
export function createNoise(seed: number): Noise {
  const random = createRandom(seed);
  const word = () => Math.floor(random() * 4_294_967_296) | 0;
  let state: [number, number, number, number] = [word() | 1, word(), word(), word()];
  return {
    fill(target, sigma) {
      // Local variables stay in registers.
      let [a, b, c, d] = state;
      for (let k = 0; k < target.length; k += 2) {
        const scrambled = Math.imul(b, 5);
        const bits = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
        const shifted = b << 9;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= shifted;
        d = (d << 11) | (d >>> 21);
        target[k] = sigma * (DEVIATES[bits >>> 16] as number);
        target[k + 1] = sigma * (DEVIATES[bits & 0xffff] as number);
      }
      state = [a, b, c, d];
    },
  };
}

/** The normal deviates in the middle of 65,536 equally likely intervals, of variance exactly 1. */
const DEVIATES = normalQuantiles(STEPS);

function normalQuantiles(count: number): Float32Array {
  const values = new Float32Array(count);
  let probability = 0;
  let next = 0;
  for (let x = -TAIL; next < count && x < TAIL; x += INTEGRATION_STEP) {
    // The density in the middle of the step, times its width.
    const middle = x + INTEGRATION_STEP / 2;
    const share = (Math.exp((-middle * middle) / 2) / Math.sqrt(2 * Math.PI)) * INTEGRATION_STEP;
    for (; next < count && (next + 0.5) / count <= probability + share; next++)
      values[next] = x + (((next + 0.5) / count - probability) / share) * INTEGRATION_STEP;
    probability += share;
  }
  values.fill(TAIL, next);
  const power = values.reduce((sum, value) => sum + value * value, 0) / count;
  return values.map((value) => value / Math.sqrt(power));
}
