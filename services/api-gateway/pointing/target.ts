import type { PointingCalibrationRequest } from '#contract/rest/pointing';
import { SkyScanError } from '#shared/base/errors';
import {
  emitterTarget,
  requirePlace,
  satelliteTarget,
  type KnownEmitter,
  type KnownSatellite,
} from '../domain/known-object-target.ts';
import { fixedTarget, sunTarget, type KnownTarget } from '../domain/pointing-target.ts';
import { readKnownRecords } from '../store/known-sky/sets.ts';
import type { PointingParts } from './parts.ts';

const DEADLINE_MS = 30_000;

export type KnownSkyParts = Pick<PointingParts, 'db' | 'analyst' | 'placeOf'>;

/**
 * The target of a request as a site sees it, with what is stored of the known sky. Throws `busy`
 * without the place of the site, elements or emitters; `not_found` for an unknown name;
 * `unavailable` without sky-analyst.
 */
export async function targetOf(
  parts: KnownSkyParts,
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

/** Throws `busy` without elements, `not_found` for an unknown name. */
export async function findKnownSatellite(
  { db, analyst }: Pick<KnownSkyParts, 'db' | 'analyst'>,
  name: string,
): Promise<KnownSatellite> {
  const records = await readKnownRecords(db, ['elements']);
  if (records.length === 0)
    throw new SkyScanError(
      'busy',
      `the direction of satellite ${name} is unknown: there are no orbital elements, upload them (PUT /api/satellites/elements)`,
    );
  return analyst.findSatellite(name, records, AbortSignal.timeout(DEADLINE_MS));
}

/** Throws `busy` without emitters, `not_found` for an unknown name. */
export async function findKnownEmitter(
  { db, analyst }: Pick<KnownSkyParts, 'db' | 'analyst'>,
  name: string,
): Promise<KnownEmitter> {
  const records = await readKnownRecords(db, ['emitters']);
  if (records.length === 0)
    throw new SkyScanError(
      'busy',
      `the direction of emitter ${name} is unknown: there are no emitters, upload them (PUT /api/emitters)`,
    );
  return analyst.findEmitter(name, records, AbortSignal.timeout(DEADLINE_MS));
}
