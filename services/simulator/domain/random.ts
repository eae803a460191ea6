/** A pseudo-random number generator in [0, 1). */
export type Random = () => number;

/** Mulberry32 (T. Ettinger, public domain), with 32 bits of state. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Uniform between two values. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** Standard normal deviates, two at a time (Box and Muller 1958). */
export function gaussianPair(random: Random): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  const angle = 2 * Math.PI * random();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}
