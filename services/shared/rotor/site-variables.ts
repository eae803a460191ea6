import { z } from 'zod';
import { LOCAL_SITE, SITE_NAME, SITE_NAME_RULE } from '../base/site-name.ts';
import type { Place } from '../sky/look.ts';

/** Limits of heights of sites; the deepest and the highest land are within them. */
const MIN_SITE_HEIGHT_M = -500;
const MAX_SITE_HEIGHT_M = 9_000;

const degrees = (max: number) => z.coerce.number().min(-max).max(max);

/** The location of the rotator, the same for all services. */
export const siteVariables = {
  SITE_LATITUDE_DEG: degrees(90)
    .optional()
    .describe('latitude of the rotator, for Sun and Moon; north is positive'),
  SITE_LONGITUDE_DEG: degrees(180).optional().describe('longitude of the rotator; east is positive'),
  SITE_HEIGHT_M: z.coerce
    .number()
    .min(MIN_SITE_HEIGHT_M)
    .max(MAX_SITE_HEIGHT_M)
    .default(0)
    .describe('height of the rotator above the WGS 84 ellipsoid, which GPS receivers report'),
};

/** The site of the services beside the hardware. */
export const siteNameVariables = {
  SITE_NAME: z
    .string()
    .regex(SITE_NAME, SITE_NAME_RULE)
    .default(LOCAL_SITE.name)
    .describe(
      'name of its site, as in `/api/sites`; requests for other sites are refused. The same for scan-orchestrator, rotor-driver and sdr-sampler',
    ),
};

export interface SiteSettings {
  SITE_LATITUDE_DEG?: number | undefined;
  SITE_LONGITUDE_DEG?: number | undefined;
  SITE_HEIGHT_M?: number | undefined;
}

/** Undefined if the location is not configured. */
export function siteFrom(settings: SiteSettings): Place | undefined {
  const { SITE_LATITUDE_DEG: latitudeDeg, SITE_LONGITUDE_DEG: longitudeDeg, SITE_HEIGHT_M } = settings;
  return latitudeDeg === undefined || longitudeDeg === undefined
    ? undefined
    : { latitudeDeg, longitudeDeg, heightM: SITE_HEIGHT_M ?? 0 };
}

/** For `superRefine`: latitude and longitude must be set together. */
export function requireWholeSite(settings: SiteSettings, context: z.RefinementCtx): void {
  const names = ['SITE_LATITUDE_DEG', 'SITE_LONGITUDE_DEG'] as const;
  const missing = names.filter((name) => settings[name] === undefined);
  const [name] = missing;
  if (missing.length !== 1 || !name) return;
  const given = names.find((other) => other !== name) ?? '';
  context.addIssue({ code: 'custom', path: [given], message: `needs ${name}` });
}
