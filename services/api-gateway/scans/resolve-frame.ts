import type { FrameRequest } from '#contract/rest/frames';
import { SkyScanError } from '#shared/base/errors';
import type { Frame } from '#shared/sky/frame';
import { formatPointing } from '#shared/sky/pointing';
import { emitterTarget, requirePlace, satelliteTarget } from '../domain/known-object-target.ts';
import type { StoredFrame } from '../store/stored-frame.ts';
import { findKnownEmitter, findKnownSatellite, type KnownSkyParts } from '../identification/find-known.ts';
import type { PlaceOf } from '../sites/site-place.ts';

export interface FrameParts {
  db: KnownSkyParts['db'];
  placeOf: PlaceOf;
  /** Undefined: none is configured. */
  analyst: () => KnownSkyParts['analyst'] | undefined;
}

/** The source of a scan, as it is now. */
export type ResolveFrame = (frame: FrameRequest, siteId: number) => Promise<StoredFrame>;

/**
 * Throws `busy` without the place of the site, elements or emitters, or with old elements;
 * `not_found` for an unknown name; `unavailable` without sky-analyst.
 */
export function createResolveFrame(parts: FrameParts): ResolveFrame {
  return async ({ source }, siteId) => ({ source, resolved: await resolved(parts, source, siteId) });
}

async function resolved(parts: FrameParts, source: FrameRequest['source'], siteId: number): Promise<Frame> {
  const { placeOf } = parts;
  if (source === 'sun' || source === 'moon') {
    const name = source === 'sun' ? 'the Sun' : 'the Moon';
    const { latitudeDeg, longitudeDeg, heightM } = requirePlace(await placeOf(siteId), `of ${name}`);
    return { name, source: { kind: source, place: { latitudeDeg, longitudeDeg, heightM } } };
  }
  if ('azimuth' in source) {
    const direction = { azimuthDeg: source.azimuth, elevationDeg: source.elevation };
    return { name: formatPointing(direction), source: { kind: 'fixed', direction } };
  }
  if ('satellite' in source) {
    const name = String(source.satellite);
    const place = requirePlace(await placeOf(siteId), `of satellite ${name}`);
    const found = await findKnownSatellite(knownSky(parts), name);
    const problem = satelliteTarget(found, place, Infinity).problemAt?.(Date.now());
    if (problem !== undefined) throw new SkyScanError('busy', `${found.elements.OBJECT_NAME}: ${problem}`);
    return {
      name: found.elements.OBJECT_NAME,
      source: { kind: 'satellite', elements: found.elements, place },
    };
  }
  const place = requirePlace(await placeOf(siteId), `of emitter ${source.emitter}`);
  const emitter = await findKnownEmitter(knownSky(parts), source.emitter);
  const { name, directionAt } = emitterTarget(emitter, place);
  return { name, source: { kind: 'fixed', direction: directionAt(0) } };
}

function knownSky({ db, analyst }: FrameParts): KnownSkyParts {
  const configured = analyst();
  if (configured) return { db, analyst: configured };
  throw new SkyScanError(
    'unavailable',
    'no sky-analyst is configured: set SKY_ANALYST_ADDRESS of api-gateway',
  );
}
