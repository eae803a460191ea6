import type { Router } from 'express';
import { skyQuerySchema } from '#contract/rest/sky';
import type { Pointing } from '#shared/sky/pointing';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import type { PlaceOf } from '../sites/site-place.ts';
import { parseOr422 } from './errors.ts';
import { resource } from './resource.ts';

/**
 * `GET /api/sky`: positions of Sun and Moon, now or at `?at=`; null for a site without a place.
 */
export function skyRoutes(router: Router, { placeOf }: { placeOf: PlaceOf }): void {
  resource(router, '/api/sky', {
    get: async (request, response) => {
      const { at, site_id } = parseOr422(skyQuerySchema, request.query, 'query');
      const atMs = at === undefined ? Date.now() : Date.parse(at);
      const place = await placeOf(site_id);
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
