import type { PointingCalibrationRequest } from '#contract/rest/pointing';
import { SkyScanError } from '#shared/base/errors';
import { emitterTarget, requirePlace, satelliteTarget } from '../domain/known-object-target.ts';
import { fixedTarget, sunTarget, type KnownTarget } from '../domain/pointing-target.ts';
import { readKnownRecords } from '../store/known-sky/sets.ts';
import type { PointingParts } from './parts.ts';

const DEADLINE_MS = 30_000;

/**
 * The target of a request as a site sees it, with what is stored of the known sky. Throws `busy`
 * without the place of the site, elements or emitters; `not_found` for an unknown name;
 * `unavailable` without sky-analyst.
 */
export async function targetOf(
  { db, analyst, placeOf }: Pick<PointingParts, 'db' | 'analyst' | 'placeOf'>,
  target: PointingCalibrationRequest['target'],
  siteId: number,
  beamWidthDeg: number,
): Promise<KnownTarget> {
  if (target === 'sun') return sunTarget(requirePlace(await placeOf(siteId), 'of the Sun'));
  if ('azimuth_deg' in target) return fixedTarget(target);
  const signal = AbortSignal.timeout(DEADLINE_MS);
  if ('satellite' in target) {
    const name = String(target.satellite);
    const place = requirePlace(await placeOf(siteId), `of satellite ${name}`);
    const records = await readKnownRecords(db, ['elements']);
    if (records.length === 0)
      throw new SkyScanError(
        'busy',
        `the direction of satellite ${name} is unknown: there are no orbital elements, upload them (PUT /api/satellites/elements)`,
      );
    return satelliteTarget(await analyst.findSatellite(name, records, signal), place, beamWidthDeg);
  }
  const place = requirePlace(await placeOf(siteId), `of emitter ${target.emitter}`);
  const records = await readKnownRecords(db, ['emitters']);
  if (records.length === 0)
    throw new SkyScanError(
      'busy',
      `the direction of emitter ${target.emitter} is unknown: there are no emitters, upload them (PUT /api/emitters)`,
    );
  return emitterTarget(await analyst.findEmitter(target.emitter, records, signal), place);
}
