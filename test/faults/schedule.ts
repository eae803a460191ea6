import { between, createRandom, type Random } from '../../services/simulator/domain/random.ts';

/** One fault of a round. */
export interface Strike<Fault> {
  fault: Fault;
  /** After the one before, milliseconds. */
  delayMs: number;
  lastsMs: number;
}

/** What happens in a round; the same for the same seed and number. */
export interface RoundPlan<Fault> {
  seed: number;
  /** The first fault strikes when this share of the grid is stored. */
  atShare: number;
  strikes: Strike<Fault>[];
  random: Random;
}

interface Lasting {
  lastsMs: { least: number; most: number };
}

// Three primes apart, so that neighbouring rounds have nothing in common.
const ROUND_STEP = 2_654_435_761;

/** A third of the rounds has two or three faults at once, the others one. */
export function planRound<Fault extends Lasting>(
  seed: number,
  round: number,
  catalogue: readonly Fault[],
): RoundPlan<Fault> {
  const random = createRandom((seed + round * ROUND_STEP) >>> 0);
  const count = random() < 1 / 3 ? 2 + Math.floor(random() * 2) : 1;
  const left = [...catalogue];
  const strikes: Strike<Fault>[] = [];
  for (let i = 0; i < count && left.length > 0; i++) {
    const [fault] = left.splice(Math.floor(random() * left.length), 1);
    if (!fault) break;
    const { least, most } = fault.lastsMs;
    strikes.push({
      fault,
      delayMs: i === 0 ? 0 : Math.round(between(random, 0, 300)),
      lastsMs: Math.round(between(random, least, most)),
    });
  }
  return { seed, atShare: between(random, 0.05, 0.6), strikes, random };
}
