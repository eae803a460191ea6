import { z } from 'zod';
import type { Site } from '../sky/site.ts';

const degrees = (most: number) => z.coerce.number().min(-most).max(most);

/** Where the rotator stands, the same for every service that needs to know. */
export const siteVariables = {
  SITE_LATITUDE_DEG: degrees(90)
    .optional()
    .describe('latitude of the rotator, for Sun and Moon; north is positive'),
  SITE_LONGITUDE_DEG: degrees(180).optional().describe('longitude of the rotator; east is positive'),
};

export interface SiteSettings {
  SITE_LATITUDE_DEG?: number | undefined;
  SITE_LONGITUDE_DEG?: number | undefined;
}

/** Undefined when nobody has said it. */
export function siteFrom(settings: SiteSettings): Site | undefined {
  const { SITE_LATITUDE_DEG: latitudeDeg, SITE_LONGITUDE_DEG: longitudeDeg } = settings;
  return latitudeDeg === undefined || longitudeDeg === undefined ? undefined : { latitudeDeg, longitudeDeg };
}

/** For `superRefine`: half a place is none. */
export function requireWholeSite(settings: SiteSettings, context: z.RefinementCtx): void {
  const names = ['SITE_LATITUDE_DEG', 'SITE_LONGITUDE_DEG'] as const;
  const missing = names.filter((name) => settings[name] === undefined);
  const [name] = missing;
  if (missing.length !== 1 || !name) return;
  const given = names.find((other) => other !== name) ?? '';
  context.addIssue({ code: 'custom', path: [given], message: `needs ${name}` });
}
