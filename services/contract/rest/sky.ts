import { z } from 'zod';

// astronomy-engine knows its planets for some centuries around now; a map is of our time.
const FIRST_YEAR = 1900;
const LAST_YEAR = 2100;

export const skyQuerySchema = z.strictObject({
  at: z.iso
    .datetime({ offset: true, error: 'Must be a time like 2026-02-14T02:00:00Z' })
    .refine((text) => isSupportedTime(Date.parse(text)), `Must be in the years ${FIRST_YEAR}..${LAST_YEAR}`)
    .optional()
    .meta({ description: 'A time with its zone, 2026-02-14T02:00:00Z; now, when it is left out' }),
});

const directionSchema = z.object({ azimuth: z.number(), elevation: z.number() }).nullable().meta({
  description:
    'Apparent, degrees, with refraction; elevation is negative when it is down. Null without a site',
});

export const skySchema = z
  .object({
    site: z.object({ latitude_deg: z.number(), longitude_deg: z.number() }).nullable().meta({
      description: 'SITE_LATITUDE_DEG and SITE_LONGITUDE_DEG of the server; null when they are not set',
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
