import { fitGroup, type FitInput, type FittedSource, type GroupFit } from './fit-group.ts';

/** Two parameters more lower chi^2 by 25 by chance once in 270,000. */
const MIN_GAIN = 25;
/** Less is hidden by differences between the beam and its model, in beam widths. */
const MIN_SHIFT = 0.15;

/** A source that moves with a constant velocity. */
export interface Motion {
  source: FittedSource;
  /** How far it moves along the axes of the tangent plane in `durationMs`, radians. */
  motion: NonNullable<GroupFit['motion']>;
  /** It describes the points better than a fixed place does. */
  isSignificant: boolean;
}

/**
 * The motion of a source while it was measured; undefined if its points do not determine it. It is
 * significant if a constant velocity describes its points better than a fixed place with a free
 * width does. The rows cross a source one after the other, so motion along a row shears its image,
 * and motion across the rows stretches or compresses it. Therefore the test assumes a round beam
 * and a small source; an elongated source looks like a moving one. It does not see motion of less
 * than 0.15 beam widths during the time in which the source was measured, or so fast that each row
 * has it at another place.
 * @param input Without other sources.
 */
export function fitMotion(input: FitInput, source: FittedSource): Motion | undefined {
  const beam = { ...source, width: input.beamWidth, widthSigma: undefined };
  const moving = fitGroup(input, [beam], { width: false, motion: true });
  const [fitted] = moving?.sources ?? [];
  if (!moving?.motion || !fitted) return undefined;
  const fixed = fitGroup(input, [source], { width: true, motion: false });
  const shift = Math.hypot(moving.motion.x, moving.motion.y) / input.beamWidth;
  const misfit = (fit: { chiSquare: number; values: number }) => fit.chiSquare - fit.values;
  const isSignificant =
    fixed !== undefined && misfit(fixed) - misfit(moving) >= MIN_GAIN && shift >= MIN_SHIFT;
  return { source: fitted, motion: moving.motion, isSignificant };
}
