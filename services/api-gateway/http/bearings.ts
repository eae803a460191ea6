import type { Request, Response, Router } from 'express';
import { placesQuerySchema, solveQuerySchema } from '#contract/rest/bearing-queries';
import {
  GEOJSON_TYPE,
  KML_TYPE,
  solveRequestSchema,
  type NewBearing,
  type PlaceFormat,
} from '#contract/rest/bearings';
import { errorKind, errorMessage } from '#shared/base/errors';
import type { Place } from '#shared/sky/look';
import { placesToGeoJson, type FeatureCollection } from '../bearings/geojson.ts';
import { geoJsonToKml } from '../bearings/kml.ts';
import { placedSite, siteNotFound } from '../sites/site-place.ts';
import type { SolvableBearing } from '../clients/bearing-messages.ts';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import { listPlaces } from '../store/ground-places.ts';
import type { Queryable } from '../store/queryable.ts';
import { listSites } from '../store/sites.ts';
import { acceptedFormat } from './accepted-format.ts';
import { jsonBodyOf } from './body.ts';
import { HttpError, parseOr422, type Problem } from './errors.ts';
import { requireAnalyst } from './require-analyst.ts';
import { resource } from './resource.ts';

interface BearingParts {
  db: Queryable;
  /** Undefined: none is configured. */
  analyst: SkyAnalyst | undefined;
  /** Place of the local site if it has none of its own. */
  localPlace: Place | undefined;
}

/** 1,000 bearings with channels and times. */
const MAX_BODY_KB = 512;
const MEDIA_TYPES = { json: 'application/json', geojson: GEOJSON_TYPE, kml: KML_TYPE };

/** `/api/bearings/*`. */
export function bearingRoutes(router: Router, { db, analyst, localPlace }: BearingParts): void {
  resource(router, '/api/bearings/solve', {
    post: [
      jsonBodyOf(MAX_BODY_KB),
      async (request, response) => {
        const query = parseOr422(solveQuerySchema, request.query, 'query');
        const body = parseOr422(solveRequestSchema, request.body, 'body');
        const format = query.format ?? acceptedFormat(request, MEDIA_TYPES);
        const bearings = await withPlaces(db, body.bearings, localPlace);
        const settings = {
          associate: body.associate ?? hasSiteTwice(bearings),
          maxDistanceM: 1_000 * body.max_distance_km,
        };
        const signal = untilClosed(request, response);
        const answer = await requireAnalyst(analyst)
          .solveBearings(bearings, settings, signal)
          .catch(refuseInvalid);
        if (format === 'json') response.json(answer);
        else {
          const { crossings, no_place } = answer;
          const collection = placesToGeoJson(crossings);
          send(response, format, no_place ? { ...collection, no_place } : collection);
        }
      },
    ],
  });

  resource(router, '/api/bearings/places', {
    get: async (request, response) => {
      const query = parseOr422(placesQuerySchema, request.query, 'query');
      const format = query.format ?? acceptedFormat(request, MEDIA_TYPES);
      if (query.site_id !== undefined && !(await listSites(db)).some(({ id }) => id === query.site_id))
        throw siteNotFound();
      const places = await listPlaces(db, { ...query, siteId: query.site_id });
      if (format === 'json') response.json(places);
      else send(response, format, placesToGeoJson(places));
    },
  });
}

function send(response: Response, format: Exclude<PlaceFormat, 'json'>, collection: FeatureCollection): void {
  const text = format === 'kml' ? geoJsonToKml('Places', collection) : JSON.stringify(collection);
  response
    .set('Content-Disposition', `attachment; filename="places.${format}"`)
    .type(MEDIA_TYPES[format])
    .send(text);
}

/** The bearings with the places of their sites. Throws 422 or 409 and names the bearing. */
async function withPlaces(
  db: Queryable,
  bearings: readonly NewBearing[],
  localPlace: Place | undefined,
): Promise<SolvableBearing[]> {
  const usesSites = bearings.some(({ site_id }) => site_id !== undefined);
  const sites = new Map((usesSites ? await listSites(db) : []).map((site) => [site.id, site]));
  const problems: Problem[] = [];
  const withoutPlace = new Set<string>();
  const placed = bearings.flatMap((bearing, index): SolvableBearing[] => {
    const { site_id: siteId } = bearing;
    if (siteId === undefined) return [{ ...measuredAt(bearing), ...freePlace(bearing) }];
    const site = sites.get(siteId);
    if (!site) {
      const loc = ['body', 'bearings', index, 'site_id'];
      problems.push({ loc, msg: `Site ${siteId} not found`, type: 'not_found' });
      return [];
    }
    const place = placedSite(site, localPlace);
    if (!place) {
      withoutPlace.add(`${site.name} (${siteId})`);
      return [];
    }
    return [{ ...measuredAt(bearing), ...place, name: bearing.name ?? site.name }];
  });
  if (problems.length > 0) throw new HttpError(422, problems);
  if (withoutPlace.size > 0)
    throw new HttpError(
      409,
      `No place is set for site ${[...withoutPlace].join(', ')}: set latitude_deg and longitude_deg`,
    );
  return placed;
}

function measuredAt(bearing: NewBearing) {
  const { azimuth_deg: azimuthDeg, sigma_deg: sigmaDeg, channels, first_seen, last_seen } = bearing;
  return {
    azimuthDeg,
    accuracy: sigmaDeg === undefined ? { class: bearing.class ?? 'C' } : { sigmaDeg },
    channels: channels?.map(({ from_hz, to_hz }) => ({ fromHz: from_hz, toHz: to_hz })),
    fromMs: first_seen === undefined ? undefined : Date.parse(first_seen),
    toMs: last_seen === undefined ? undefined : Date.parse(last_seen),
    sourceId: bearing.source_id ?? null,
    sessionId: null,
  };
}

function freePlace({ latitude_deg = 0, longitude_deg = 0, height_m = 0, name }: NewBearing) {
  return {
    siteId: null,
    name: name ?? `${latitude_deg}, ${longitude_deg}`,
    latitudeDeg: latitude_deg,
    longitudeDeg: longitude_deg,
    heightM: height_m,
  };
}

function hasSiteTwice(bearings: readonly SolvableBearing[]): boolean {
  const places = new Set(bearings.map(({ latitudeDeg, longitudeDeg }) => `${latitudeDeg} ${longitudeDeg}`));
  return places.size < bearings.length;
}

/** What sky-analyst finds wrong is wrong in the bearings. */
function refuseInvalid(error: unknown): never {
  if (errorKind(error) !== 'invalid') throw error;
  throw new HttpError(422, [{ loc: ['body', 'bearings'], msg: errorMessage(error), type: 'invalid' }]);
}

function untilClosed(_request: Request, response: Response): AbortSignal {
  const disconnected = new AbortController();
  response.once('close', () => disconnected.abort());
  return disconnected.signal;
}
