import { z } from 'zod';
import { SEARCH_STATUSES } from '../interference-values.ts';
import { MAX_ID } from '../ids.ts';
import { candidateSchema } from './candidates.ts';
import { booleanParameter, choice, count } from './query.ts';
import { siteIdParameter } from './sites.ts';
import { text, within, yesNo, integerWithin, number, withUnit } from './fields.ts';

/** Flags of a source (docs/sources.md). */
export const SOURCE_FLAGS = ['sidelobe', 'edge', 'extended', 'moving', 'rfi', 'clipped'] as const;
export type SourceFlag = (typeof SOURCE_FLAGS)[number];

const time = z.iso.datetime({ offset: true });

const frequencyRangeSchema = z
  .object({ from_hz: z.number(), to_hz: z.number() })
  .meta({ id: 'FrequencyRange' });

/** Body of POST `.../sources`: how to search. */
export const sourceSettingsSchema = z
  .strictObject({
    beam_width_deg: withUnit(
      number.gt(0, 'Must be greater than 0').max(120, 'Must be at most 120 deg'),
      'deg',
    )
      .optional()
      .meta({
        description:
          'HPBW of the antenna. Default: beam_width_deg of the rotor; if it has none, measured with the strongest source',
      }),
    threshold_sigma: within(3, 100)
      .optional()
      .meta({ description: 'Signal-to-noise ratio of the matched filter of a source. Default: 5.5' }),
    gain_error: within(0, 0.5)
      .optional()
      .meta({ description: 'Relative error of the gain between two points. Default: 0.005' }),
    max_sources: integerWithin(1, 2_000)
      .optional()
      .meta({ description: 'The weakest sources beyond this number are omitted. Default: 500' }),
    spectra: yesNo
      .optional()
      .meta({ description: 'Whether to search each channel too, if there are spectra. Default: true' }),
    from_hz: within(0, 1e12, 'Hz').optional().meta({ description: 'Only on these frequencies' }),
    to_hz: within(0, 1e12, 'Hz').optional(),
  })
  .superRefine(({ from_hz, to_hz }, context) => {
    if ((from_hz === undefined) !== (to_hz === undefined))
      context.addIssue({
        code: 'custom',
        path: [from_hz === undefined ? 'from_hz' : 'to_hz'],
        message: 'from_hz and to_hz must be set together',
      });
    else if (from_hz !== undefined && to_hz !== undefined && from_hz >= to_hz)
      context.addIssue({ code: 'custom', path: ['to_hz'], message: `Must be above from_hz (${from_hz} Hz)` });
  })
  .meta({ id: 'SourceSettings' });
export type SourceSettings = z.infer<typeof sourceSettingsSchema>;

export const sourceSearchSchema = z
  .object({
    status: z.enum(SEARCH_STATUSES),
    settings: sourceSettingsSchema,
    version: z.int().nullable().meta({
      description: 'Version of the method; results of other versions are not comparable',
    }),
    points: z.int().min(0).meta({ description: 'The sources are of this many first points of the session' }),
    progress: z.number().meta({ description: 'Share of a running search, 0 to 1' }),
    problem: z.string().nullable().meta({ description: 'Why the search failed' }),
    beam_width_deg: z.number().nullable().meta({ description: 'HPBW with which was searched' }),
    beam_width_error_deg: z.number().nullable().meta({
      description: 'Standard deviation if it was measured with the strongest source; else null',
    }),
    is_truncated: z.boolean().meta({ description: 'There were more sources than max_sources' }),
    requested_at: time,
    finished_at: time.nullable(),
  })
  .meta({ id: 'SourceSearch' });
export type SourceSearch = z.infer<typeof sourceSearchSchema>;

const row = z.tuple([z.number(), z.number()]);

export const sourceSchema = z
  .object({
    id: z.int(),
    session_id: z.int(),
    number: z.int().meta({ description: 'From 1, the strongest first' }),
    catalogue_id: z.int().nullable().meta({ description: 'Its entry in /api/sources' }),
    name: z.string().nullable().meta({
      description: 'Given by a user, or of the candidate with a posterior above 0.9',
    }),
    azimuth: z.number().meta({ 'x-unit': 'deg' }),
    elevation: z.number().meta({ 'x-unit': 'deg' }),
    azimuth_error_deg: z.number().meta({
      description: 'Standard deviation of the azimuth: that on the sky divided by cos(elevation)',
    }),
    elevation_error_deg: z.number(),
    covariance: z.tuple([row, row]).meta({
      description: 'In the plane that touches the sky, right and up, degrees^2',
    }),
    peak_db: z.number().meta({ description: 'Background and peak relative to the background' }),
    snr: z.number().meta({ description: 'Signal-to-noise ratio of the matched filter' }),
    width_deg: z.number().nullable().meta({ description: 'Fitted HPBW; null: not fitted' }),
    channels: z.array(frequencyRangeSchema).meta({
      description: 'Frequencies on which it was found; the whole band without spectra',
    }),
    bandwidth_hz: z.number().meta({ description: 'Sum of the ranges' }),
    occupancy: z.number().nullable().meta({ description: 'Share of time with a signal; null: unknown' }),
    is_narrow: z.boolean().meta({ description: 'It is on a part of the band only' }),
    first_seen: time,
    last_seen: time,
    flags: z.array(z.enum(SOURCE_FLAGS)),
    candidates: z.array(candidateSchema),
  })
  .meta({ id: 'Source' });
export type Source = z.infer<typeof sourceSchema>;

/** Query of the sources of a session. */
export const sourcesQuerySchema = z.object({ format: choice(['json', 'csv', 'geojson']).optional() });

const MAX_ENTRIES = 1_000;

/** Query of the catalogue. */
export const catalogueQuerySchema = z.object({
  site_id: siteIdParameter.optional(),
  is_known: booleanParameter.optional(),
  is_ignored: booleanParameter.default(false),
  limit: count(1, MAX_ENTRIES).default(MAX_ENTRIES),
  before_id: count(1, MAX_ID).optional(),
});

/** The same query for the documentation. */
export const catalogueQueryDocs = z.object({
  site_id: z.int().min(1).optional().meta({ description: 'Only of this site' }),
  is_known: z
    .boolean()
    .optional()
    .meta({ description: 'Only those that a user has marked as known, or has not' }),
  is_ignored: z
    .boolean()
    .default(false)
    .meta({ description: 'Those that users ignore instead of the others' }),
  limit: z.int().min(1).max(MAX_ENTRIES).default(MAX_ENTRIES),
  before_id: z.int().min(1).optional().meta({ description: 'Only entries with lower ids: the next page' }),
});

/** Query of the sightings of an entry, the newest first. */
export const sightingsQuerySchema = z.object({ limit: count(1, MAX_ENTRIES).default(MAX_ENTRIES) });

/** The same query for the documentation. */
export const sightingsQueryDocs = z.object({ limit: z.int().min(1).max(MAX_ENTRIES).default(MAX_ENTRIES) });

/** An entry of the catalogue: one source over all sessions of a site. */
export const catalogueEntrySchema = z
  .object({
    id: z.int(),
    site_id: z.int(),
    name: z.string().nullable().meta({ description: 'Given by a user' }),
    note: z.string().nullable(),
    is_known: z.boolean().meta({ description: 'Marked as known by a user' }),
    is_ignored: z.boolean().meta({ description: 'Users do not want to see it in lists' }),
    merged: z.array(z.int()).meta({ description: 'Entries that users have merged into this one' }),
    identity: z.string().nullable().meta({
      description: 'The candidate with a posterior above 0.9; null: none',
    }),
    azimuth: z.number().meta({ 'x-unit': 'deg', description: 'Of the newest sighting' }),
    elevation: z.number().meta({ 'x-unit': 'deg' }),
    channels: z.array(frequencyRangeSchema),
    is_narrow: z.boolean(),
    first_seen: time,
    last_seen: time,
    sightings: z.int().meta({ description: 'Stored sources' }),
    peak_db: z.number().nullable().meta({ description: 'Of the newest sighting; null: none is stored' }),
    sessions_seen: z.int().meta({
      description: 'Of the newest 1000 searched sessions of the site, those with a sighting',
    }),
    sessions_covered: z.int().nullable().meta({
      description:
        'Of the same sessions, those with a sighting, and those with all their points whose area and bands contain the newest one; null: it moves',
    }),
  })
  .meta({ id: 'CatalogueEntry' });
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;

/** Body of PUT `/api/sources/{source_id}`. */
export const catalogueChangeSchema = z
  .strictObject({
    name: text.min(1, 'Must not be empty').max(100, 'Must have at most 100 characters').nullable(),
    note: text.max(2_000, 'Must have at most 2000 characters').nullable(),
    is_known: yesNo,
    is_ignored: yesNo,
  })
  .partial()
  .meta({ id: 'CatalogueChange' });
export type CatalogueChange = z.infer<typeof catalogueChangeSchema>;
