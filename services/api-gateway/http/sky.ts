import type { Router } from 'express';
import type { Pointing } from '#shared/sky/pointing';
import type { Place } from '#shared/sky/look';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import type { Queryable } from '../store/queryable.ts';
import { parseOr422 } from './errors.ts';
import { resource } from './resource.ts';
import { placeOfSite } from '../sites/site-place.ts';
import { skyQuerySchema } from '#contract/rest/sky';

/**
 * `GET /api/sky`: positions of Sun and Moon, now or at `?at=`; null for a site without a place.
 * `localPlace`: that of the local site if it has none.
 */
export function skyRoutes(
  router: Router,
  { db, localPlace }: { db: Queryable; localPlace: Place | undefined },
): void {
  resource(router, '/api/sky', {
    get: async (request, response) => {
      const { at, site_id } = parseOr422(skyQuerySchema, request.query, 'query');
      const atMs = at === undefined ? Date.now() : Date.parse(at);
      const place = await placeOfSite(db, site_id, localPlace);
      const bodies = place && createSunAndMoon(place);
      response.json({
        site: place ? { latitude_deg: place.latitudeDeg, longitude_deg: place.longitudeDeg } : null,
        sun: bodies ? toPublished(bodies.sun(atMs)) : null,
        moon: bodies ? toPublished(bodies.moon(atMs)) : null,
        timestamp: new Date(atMs).toISOString(),
      });
    },
  });
}

// Refraction and the shape of the Earth limit the accuracy to some thousandths of a degree.
function toPublished({ azimuthDeg, elevationDeg }: Pointing) {
  return { azimuth: round(azimuthDeg), elevation: round(elevationDeg) };
}

function round(deg: number): number {
  return Math.round(deg * 1000) / 1000;
}
