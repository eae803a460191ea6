import type { AntennaPattern } from '#contract/rest/patterns';
import { SkyScanError } from '#shared/base/errors';
import type { NewBeam } from '../store/rotor-beams.ts';

/** Of `beam_width_deg` of a rotor. */
const MAX_WIDTH_DEG = 180;
const DIGITS = 3;

/**
 * The beam of a rotor from its pattern. Its width is the geometric mean of both axes: the round one
 * of the same solid angle. Throws `wrong_state` if a width was not measured.
 */
export function beamOfPattern(pattern: AntennaPattern): Omit<NewBeam, 'measured_at'> {
  const { session_id, source, frequency_hz, warnings, side_lobe_db, table = null } = pattern;
  const { azimuth, elevation } = pattern.hpbw_deg;
  if (!azimuth || !elevation) {
    const reasons = warnings.filter(({ code }) => code === 'not_covered').map(({ message }) => message);
    throw new SkyScanError('wrong_state', `The beam cannot be stored: ${reasons.join('; ')}`);
  }
  const width = Number(Math.sqrt(azimuth.value * elevation.value).toFixed(DIGITS));
  if (!(width > 0 && width <= MAX_WIDTH_DEG))
    throw new SkyScanError(
      'wrong_state',
      `The beam cannot be stored: it is ${width} deg wide, a rotor has above 0 to ${MAX_WIDTH_DEG} deg`,
    );
  const relative = Math.hypot(azimuth.sigma / azimuth.value, elevation.sigma / elevation.value) / 2;
  return {
    session_id,
    source,
    frequency_hz,
    beam_width_deg: { value: width, sigma: width * relative },
    hpbw_deg: { azimuth, elevation },
    side_lobes: (['azimuth', 'elevation'] as const).flatMap((plane) =>
      (['before', 'after'] as const).flatMap((side) => {
        const lobe = side_lobe_db[plane][side];
        return lobe ? [{ plane, side, ...lobe }] : [];
      }),
    ),
    warnings,
    pattern: table,
  };
}
