import { between, createRandom, type Random } from '../../services/simulator/domain/random.ts';

/** A scheduled fault of a round. */
export interface PlannedFault<Fault> {
  fault: Fault;
  /** Delay after the previous fault, milliseconds. */
  delayMs: number;
  lastsMs: number;
}

/** The schedule of a round; it depends only on seed and number. */
export interface RoundPlan<Fault> {
  seed: number;
  /** The first fault is injected when this share of the grid is stored. */
  storedShare: number;
  faults: PlannedFault<Fault>[];
  random: Random;
}

interface Lasting {
  lastsMs: { min: number; max: number };
}

// A large step, so that neighbouring rounds have unrelated random numbers.
const ROUND_STEP = 2_654_435_761;

/**
 * A third of the rounds has two or three faults at once, the others have one. `clash`: whether two
 * faults must not be in the same round.
 */
export function planRound<Fault extends Lasting>(
  seed: number,
  round: number,
  catalogue: readonly Fault[],
  clash: (a: Fault, b: Fault) => boolean = () => false,
): RoundPlan<Fault> {
  const random = createRandom((seed + round * ROUND_STEP) >>> 0);
  const count = random() < 1 / 3 ? 2 + Math.floor(random() * 2) : 1;
  let left = [...catalogue];
  const faults: PlannedFault<Fault>[] = [];
  for (let i = 0; i < count && left.length > 0; i++) {
    const [fault] = left.splice(Math.floor(random() * left.length), 1);
    if (!fault) break;
    left = left.filter((other) => !clash(fault, other));
    const { min, max } = fault.lastsMs;
    faults.push({
      fault,
      delayMs: i === 0 ? 0 : Math.round(between(random, 0, 300)),
      lastsMs: Math.round(between(random, min, max)),
    });
  }
  return { seed, storedShare: between(random, 0.05, 0.6), faults, random };
}
