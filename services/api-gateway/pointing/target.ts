import type { PointingCalibrationRequest } from '#contract/rest/pointing';
import { emitterTarget, requirePlace, satelliteTarget } from '../domain/known-object-target.ts';
import { fixedTarget, sunTarget, type KnownTarget } from '../domain/pointing-target.ts';
import { findKnownEmitter, findKnownSatellite, type KnownSkyParts } from '../identification/find-known.ts';
import type { PointingParts } from './parts.ts';

/**
 * The target of a request as a site sees it, with what is stored of the known sky. Throws `busy`
 * without the place of the site, elements or emitters; `not_found` for an unknown name;
 * `unavailable` without sky-analyst.
 */
export async function targetOf(
  parts: KnownSkyParts & Pick<PointingParts, 'placeOf'>,
  target: PointingCalibrationRequest['target'],
  siteId: number,
  beamWidthDeg: number,
): Promise<KnownTarget> {
  const { placeOf } = parts;
  if (target === 'sun') return sunTarget(requirePlace(await placeOf(siteId), 'of the Sun'));
  if ('azimuth_deg' in target) return fixedTarget(target);
  if ('satellite' in target) {
    const name = String(target.satellite);
    const place = requirePlace(await placeOf(siteId), `of satellite ${name}`);
    return satelliteTarget(await findKnownSatellite(parts, name), place, beamWidthDeg);
  }
  const place = requirePlace(await placeOf(siteId), `of emitter ${target.emitter}`);
  return emitterTarget(await findKnownEmitter(parts, target.emitter), place);
}
