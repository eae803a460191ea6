import { z } from 'zod';
import { LOCAL_SITE } from '#shared/base/site-name';
import { siteIdParameter, siteQueryDocs } from './sites.ts';

// Valid range of astronomy-engine's models.
const FIRST_YEAR = 1900;
const LAST_YEAR = 2100;

export const skyQuerySchema = z.strictObject({
  site_id: siteIdParameter.default(LOCAL_SITE.id),
  at: z.iso
    .datetime({ offset: true, error: 'Must be a time like 2026-02-14T02:00:00Z' })
    .refine((text) => isSupportedTime(Date.parse(text)), `Must be in the years ${FIRST_YEAR}..${LAST_YEAR}`)
    .optional()
    .meta({ description: 'A time with its zone, such as 2026-02-14T02:00:00Z; default: now' }),
});

const directionSchema = z.object({ azimuth: z.number(), elevation: z.number() }).nullable().meta({
  description:
    'Apparent direction in degrees, with refraction; elevation is negative below the horizon. Null without a site',
});

/** The same query for the documentation. */
export const skyQueryDocs = siteQueryDocs.extend({ at: skyQuerySchema.shape.at });

export const skySchema = z
  .object({
    site: z.object({ latitude_deg: z.number(), longitude_deg: z.number() }).nullable().meta({
      description:
        'Place of the site; for site 1 without a place SITE_LATITUDE_DEG and SITE_LONGITUDE_DEG of the server; null if they are not set',
    }),
    sun: directionSchema,
    moon: directionSchema,
    timestamp: z.string(),
  })
  .meta({ id: 'Sky' });
export type Sky = z.infer<typeof skySchema>;

function isSupportedTime(unixMs: number): boolean {
  return unixMs >= Date.UTC(FIRST_YEAR, 0) && unixMs < Date.UTC(LAST_YEAR + 1, 0);
}
