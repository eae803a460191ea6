import type { Router } from 'express';
import type { Pointing } from '#shared/sky/pointing';
import type { Site } from '#shared/sky/site';
import { createSunAndMoon } from '#shared/sky/sun-and-moon';
import { parseOr422 } from './errors.ts';
import { resource } from './resource.ts';
import { skyQuerySchema } from '#contract/rest/sky';

/** `GET /api/sky`: positions of Sun and Moon, now or at `?at=`; null if no site is configured. */
export function skyRoutes(router: Router, { site }: { site: Site | undefined }): void {
  const bodies = site && createSunAndMoon(site);
  resource(router, '/api/sky', {
    get: (request, response) => {
      const { at } = parseOr422(skyQuerySchema, request.query, 'query');
      const atMs = at === undefined ? Date.now() : Date.parse(at);
      response.json({
        site: site ? { latitude_deg: site.latitudeDeg, longitude_deg: site.longitudeDeg } : null,
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
