import { z } from 'zod';
import { isAddress } from '#shared/base/address';
import { LOCAL_SITE, SITE_NAME, SITE_NAME_RULE } from '#shared/base/site-name';
import { MAX_ID } from '../ids.ts';
import { integer, text, within, withoutDefaults } from './fields.ts';
import { count } from './query.ts';

const address = text.refine(isAddress, 'Must look like host:port').nullable().default(null);

/** Fields of a site; all except the name have defaults. */
const fields = {
  name: text.regex(SITE_NAME, SITE_NAME_RULE).meta({
    description: '`SITE_NAME` of its scan-orchestrator and its rotor-driver',
  }),
  latitude_deg: within(-90, 90, 'deg').nullable().default(null).meta({ description: 'North is positive' }),
  longitude_deg: within(-180, 180, 'deg').nullable().default(null).meta({ description: 'East is positive' }),
  height_m: within(-500, 9_000, 'm').nullable().default(null).meta({
    description: 'Height above the WGS 84 ellipsoid, which GPS receivers report; null: 0 m',
  }),
  orchestrator_address: address.meta({
    description:
      'host:port of its scan-orchestrator. Null: the site dials in with site-link (site 1: ORCHESTRATOR_ADDRESS of the API gateway)',
  }),
  rotor_driver_address: address.meta({
    description:
      'host:port of its rotor-driver. Null: the site dials in with site-link (site 1: ROTOR_DRIVER_ADDRESS of the API gateway)',
  }),
};

/** Body of POST. */
export const newSiteSchema = z
  .strictObject(fields)
  .superRefine(checkPlace, { when: () => true })
  .meta({ id: 'NewSite' });

/** Body of PUT: any of the fields. `newSiteSchema` checks the merged site. */
export const siteChangeSchema = z.strictObject(withoutDefaults(fields)).partial().meta({ id: 'SiteChange' });

export const siteSchema = z
  .object({
    id: z.int(),
    ...withoutDefaults(fields),
    created_at: z.string().meta({ description: 'UTC with Z' }),
  })
  .meta({ id: 'Site' });
export type Site = z.infer<typeof siteSchema>;

/** The field of everything that belongs to a site. */
export const siteIdField = integer.min(1, 'Must be at least 1').max(MAX_ID, `Must be at most ${MAX_ID}`);

/** A query parameter that selects one site. */
export const siteIdParameter = count(1, MAX_ID);

/** Query of a list. */
export const siteFilterSchema = z.object({ site_id: siteIdParameter.optional() });

/** The same query for the documentation. */
export const siteFilterDocs = z.object({
  site_id: z.int().min(1).optional().meta({ description: 'Only of this site' }),
});

/** Query of what only one site can answer. */
export const siteQuerySchema = z.object({ site_id: siteIdParameter.default(LOCAL_SITE.id) });

/** The same query for the documentation. */
export const siteQueryDocs = z.object({
  site_id: z.int().min(1).default(LOCAL_SITE.id).meta({ description: 'The site that is asked' }),
});

function checkPlace(input: unknown, context: z.RefinementCtx): void {
  if (typeof input !== 'object' || input === null) return;
  const { latitude_deg = null, longitude_deg = null } = input as Partial<Site>;
  if ((latitude_deg === null) === (longitude_deg === null)) return;
  const [missing, given] =
    latitude_deg === null ? ['latitude_deg', 'longitude_deg'] : ['longitude_deg', 'latitude_deg'];
  context.addIssue({ code: 'custom', path: [missing], message: `Must be set together with ${given}` });
}
