import { fitGroup, type FitInput, type FittedSource } from './fit-group.ts';

/** Two parameters more lower chi^2 by 25 by chance once in 270,000. */
const MIN_GAIN = 25;
/** Less is hidden by differences between the beam and its model, in beam widths. */
const MIN_SHIFT = 0.15;

/**
 * Whether a source moved while it was measured: a constant velocity describes its points better
 * than a fixed place with a free width does. The rows cross a source one after the other, so motion
 * along a row shears its image, and motion across the rows stretches or compresses it. Therefore
 * the test assumes a round beam and a small source; an elongated source looks like a moving one.
 * It does not see motion of less than 0.15 beam widths during the time in which the source was
 * measured, or so fast that each row has it at another place.
 * @param input Without other sources.
 */
export function isMoving(input: FitInput, source: FittedSource): boolean {
  const fixed = fitGroup(input, [source], { width: true, motion: false });
  const beam = { ...source, width: input.beamWidth, widthSigma: undefined };
  const moving = fitGroup(input, [beam], { width: false, motion: true });
  if (!fixed || !moving?.motion) return false;
  const shift = Math.hypot(moving.motion.x, moving.motion.y) / input.beamWidth;
  const misfit = (fit: { chiSquare: number; values: number }) => fit.chiSquare - fit.values;
  return misfit(fixed) - misfit(moving) >= MIN_GAIN && shift >= MIN_SHIFT;
}
