import { driftCost, type DriftModel, type DriftSequence } from './drift-filter.ts';

/**
 * Times in which the drift becomes as strong as the noise of a point: from two beam widths, where
 * it would look like a source, to a thousand points, where it does not matter.
 */
const MIN_TIME = 2;
const MAX_TIME = 1_000;
const TIME_RATIO = 1.5;
/** Variances between rows, in units of that of a point. */
const ROW_STEPS = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 10];
/** Rows that have nothing in common. */
const FREE_ROWS = 1e4;
/** A parameter of the drift must raise 2 ln likelihood by this much: chance 1.4 %. */
const PRICE = 6;

/**
 * The drift that makes the values most likely: none, a random walk or an integrated one, with or
 * without steps between rows. It finds the bandwidth of the drift from the measured noise.
 * @param beamPoints Points within a beam width.
 */
export function likeliestDrift(
  values: Float64Array,
  sequence: DriftSequence,
  beamPoints: number,
): DriftModel {
  let best: DriftModel = { walk: 0, bend: 0, rowStep: 0 };
  let lowest = driftCost(values, sequence, best);
  const consider = (model: DriftModel) => {
    const cost = driftCost(values, sequence, model) + priceOf(model);
    if (cost >= lowest) return;
    lowest = cost;
    best = model;
  };
  for (const rowStep of [0, FREE_ROWS]) {
    consider({ walk: 0, bend: 0, rowStep });
    for (let time = MIN_TIME * beamPoints; time < MAX_TIME; time *= TIME_RATIO) {
      consider({ walk: time ** -2, bend: 0, rowStep });
      consider({ walk: 0, bend: time ** -4, rowStep });
    }
  }
  const { walk, bend } = best;
  for (const rowStep of ROW_STEPS) {
    consider({ walk: 0, bend: 0, rowStep });
    consider({ walk, bend, rowStep });
  }
  return best;
}

function priceOf({ walk, bend, rowStep }: DriftModel): number {
  return (walk + bend > 0 ? PRICE : 0) + (rowStep > 0 ? PRICE : 0);
}
