import { counted } from '#shared/base/plurals';
import { formatDeg } from '#shared/sky/pointing';
import { DISC_TO_GAUSSIAN } from './beam-figures.ts';
import { MIN_COVERAGE } from './directivity.ts';
import type { AntennaPattern, PatternSettings, PatternWarning } from './pattern.ts';

/** Points half of a beam width apart blur the measured width by a third. */
const MAX_STEP = 1 / 2.7;
/** A correction of a width by more than this is worth a warning. */
const MAX_CORRECTION = 0.05;

/** What limits the figures, for people. */
export function patternWarnings(
  pattern: Omit<AntennaPattern, 'warnings'>,
  { sourceWidthDeg = 0, diameterM, wavelengthM, distanceM }: PatternSettings,
  {
    spacingDeg,
    clipped,
    maxStep = MAX_STEP,
  }: {
    spacingDeg: number;
    clipped: number;
    /** In half-power widths. */
    maxStep?: number;
  },
): PatternWarning[] {
  const { azimuth, elevation, coverage, background } = pattern;
  const warnings: PatternWarning[] = [];
  const warn = (code: PatternWarning['code'], message: string) => warnings.push({ code, message });
  const widths = [azimuth, elevation].flatMap(({ hpbwDeg }) => (hpbwDeg ? [hpbwDeg.value] : []));
  const narrowest = Math.min(...widths);
  for (const [name, { hpbwDeg }] of Object.entries({ azimuth, elevation }))
    if (!hpbwDeg)
      warn(
        'not_covered',
        `the half-power width in ${name} is unknown: the scan does not show both sides of the beam, or the source is wider`,
      );
  if (widths.length > 0 && spacingDeg > maxStep * narrowest)
    warn(
      'step',
      `the points are ${spacingDeg.toFixed(1)} deg apart, at most ${(maxStep * narrowest).toFixed(1)} deg are good for this beam (${narrowest.toFixed(1)} deg, blurred): widths and side lobes are unreliable`,
    );
  if (coverage < MIN_COVERAGE)
    warn(
      'coverage',
      `${(100 * coverage).toFixed(1)} % of the sphere was measured, a directivity needs ${100 * MIN_COVERAGE} %: it is an upper bound`,
    );
  const source = DISC_TO_GAUSSIAN * sourceWidthDeg;
  if (widths.length > 0 && Math.hypot(narrowest, source) > (1 + MAX_CORRECTION) * narrowest)
    warn(
      'source_width',
      `the source is ${formatDeg(sourceWidthDeg)} deg wide and has widened the beam by more than ${100 * MAX_CORRECTION} %: nulls and side lobes are washed out`,
    );
  if (diameterM !== undefined && wavelengthM !== undefined && distanceM !== undefined) {
    const farM = (2 * diameterM ** 2) / wavelengthM;
    if (distanceM < farM)
      warn(
        'near_field',
        `the source is ${distanceM} m away, the far field begins at ${Math.ceil(farM)} m (2 D^2 / lambda)`,
      );
  }
  if (clipped > 0)
    warn('clipped', `the receiver was overdriven at ${counted(clipped, 'point')}: reduce the gain`);
  if (background && !background.isFound)
    warn(
      'background_unknown',
      'the levels far from the beam do not show the background, and none was subtracted: give it, or the frequencies of the source',
    );
  return warnings;
}
