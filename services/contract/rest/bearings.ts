import { z } from 'zod';
import { MAX_ID } from '../ids.ts';
import { integer, number, text, within, withUnit, yesNo } from './fields.ts';
import { siteIdField } from './sites.ts';

/** Media types of places, besides JSON. */
export const GEOJSON_TYPE = 'application/geo+json';
export const KML_TYPE = 'application/vnd.google-earth.kml+xml';

export const PLACE_FORMATS = ['json', 'geojson', 'kml'] as const;
export type PlaceFormat = (typeof PLACE_FORMATS)[number];

const BEARING_CLASSES = ['A', 'B', 'C'] as const;
const MAX_BEARINGS = 1_000;
const MAX_HZ = 200e9;
const MAX_NAME = 80;

const hertz = within(0, MAX_HZ, 'Hz');
const channelSchema = z
  .strictObject({ from_hz: hertz, to_hz: hertz })
  .refine(({ from_hz, to_hz }) => from_hz <= to_hz, {
    path: ['to_hz'],
    message: 'Must not be below from_hz',
  });
const time = z.iso.datetime({ offset: true, error: 'Must be a time like 2026-02-14T02:00:00Z' });

/** A bearing in a request; either a site or its own place, either an error or a class. */
const newBearingSchema = z
  .strictObject({
    site_id: siteIdField
      .optional()
      .meta({ description: 'Its place applies; or latitude_deg, longitude_deg' }),
    latitude_deg: within(-90, 90, 'deg').optional(),
    longitude_deg: within(-180, 180, 'deg').optional(),
    height_m: within(-500, 9_000, 'm')
      .optional()
      .meta({ description: 'Returned only: azimuths do not depend on it' }),
    name: text
      .min(1, 'Must not be empty')
      .max(MAX_NAME, `Must have at most ${MAX_NAME} characters`)
      .optional()
      .meta({ description: 'Of the place, for messages and maps; default: the name of the site' }),
    azimuth_deg: within(-360, 360, 'deg').meta({ description: 'Clockwise from true north' }),
    sigma_deg: withUnit(
      number.gt(0, 'Must be in 0..90 deg, without 0').max(90, 'Must be in 0..90 deg, without 0'),
      'deg',
    )
      .optional()
      .meta({ description: 'Standard deviation of the azimuth; or class' }),
    class: z
      .enum(BEARING_CLASSES, { error: 'Must be A, B or C' })
      .optional()
      .meta({ description: 'ITU-R SM.854: standard deviation of 2, 5 or 10 degrees' }),
    channels: z
      .array(channelSchema)
      .max(100, 'Must have at most 100 channels')
      .optional()
      .meta({ description: 'Frequencies of the source; default: unknown' }),
    first_seen: time.optional(),
    last_seen: time.optional(),
    source_id: integer.min(1, 'Must be at least 1').max(MAX_ID, `Must be at most ${MAX_ID}`).optional(),
  })
  .superRefine(checkBearing, { when: () => true })
  .meta({ id: 'NewBearing' });
export type NewBearing = z.infer<typeof newBearingSchema>;

/** Body of `POST /api/bearings/solve`. */
export const solveRequestSchema = z
  .strictObject({
    bearings: z
      .array(newBearingSchema)
      .min(2, 'Must have at least 2 bearings')
      .max(MAX_BEARINGS, `Must have at most ${MAX_BEARINGS} bearings`),
    max_distance_km: within(0.1, 20_000, 'km')
      .default(2_000)
      .meta({ description: 'No place and no region farther from all sites than this' }),
    associate: yesNo.optional().meta({
      description:
        'True: combine the bearings of different sites that may be of one source. False: all are of one source. Default: true if a site has several bearings',
    }),
  })
  .meta({ id: 'BearingRequest' });

const position = z.tuple([z.number(), z.number()]);
const outline = z.array(position).meta({
  description: 'Corners [longitude, latitude] in degrees, clockwise around the place, not closed',
});

/** The area that contains the source with a probability of 95 %. */
const areaSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('ellipse'),
      semi_major_m: z.number(),
      semi_minor_m: z.number(),
      azimuth_deg: z.number().meta({ description: 'Of the major axis, 0 to 180' }),
      outline,
    }),
    z.object({
      kind: z.literal('region'),
      is_open: z.boolean().meta({ description: 'It reaches farther than max_distance_km' }),
      outline,
    }),
  ])
  .meta({
    description:
      'Contains the source with a probability of 95 %: an ellipse, or where none describes the errors, the region of the likelihood',
  });
export type PlaceArea = z.infer<typeof areaSchema>;

/** A bearing of a place. */
const usedBearingSchema = z.object({
  site_id: z.int().nullable(),
  name: z.string(),
  latitude_deg: z.number(),
  longitude_deg: z.number(),
  height_m: z.number(),
  azimuth_deg: z.number().meta({ description: '0 to 360' }),
  sigma_deg: z.number().meta({ description: 'Standard deviation of the azimuth' }),
  residual_deg: z.number().meta({ description: 'Measured azimuth minus azimuth of the place' }),
  distance_m: z.number().meta({ description: 'From the site to the place' }),
  source_id: z.int().nullable(),
  session_id: z.int().nullable().meta({ description: 'The session that found the source' }),
});
export type UsedBearing = z.infer<typeof usedBearingSchema>;

const CROSSING_STATUSES = ['confirmed', 'possible', 'ghost'] as const;

const crossingFields = {
  status: z.enum(CROSSING_STATUSES).meta({
    description:
      'confirmed: bearings of three or more sites fit, and no other crossing explains them as well. possible: two sites only, or several crossings explain the bearings. ghost: one of its sources is elsewhere by a confirmed crossing',
  }),
  note: z.string().nullable().meta({ description: 'Why it is not confirmed' }),
  latitude_deg: z.number(),
  longitude_deg: z.number(),
  covariance_m2: z
    .object({ ee: z.number(), en: z.number(), nn: z.number() })
    .meta({ description: 'Of east and north' }),
  crossing_deg: z.number().meta({
    description: 'The largest angle between two bearings at the place, 0 to 90',
  }),
  area: areaSchema,
  chi_square: z.number(),
  consistency: z.number().meta({
    description: 'Probability that bearings of one source fit as badly; 1 with two bearings',
  }),
  bearings: z.array(usedBearingSchema),
};

export const crossingSchema = z.object(crossingFields).meta({ id: 'Crossing' });
export type Crossing = z.infer<typeof crossingSchema>;

/** Answer of `POST /api/bearings/solve`. */
export const solveAnswerSchema = z
  .object({
    crossings: z.array(crossingSchema).meta({ description: 'Confirmed ones first' }),
    no_place: z
      .object({
        reason: z.enum(['parallel', 'behind', 'too_far', 'no_crossing']),
        message: z.string(),
      })
      .nullable()
      .meta({ description: 'Why there is none' }),
  })
  .meta({ id: 'BearingAnswer' });
export type SolveAnswer = z.infer<typeof solveAnswerSchema>;

/** A stored place. */
export const groundPlaceSchema = z
  .object({
    id: z.int(),
    ...crossingFields,
    first_seen: z.string().meta({ description: 'When the first of its sources was first seen' }),
    last_seen: z.string().meta({ description: 'When the last of its sources was last seen' }),
    created_at: z.string(),
  })
  .meta({ id: 'GroundPlace' });
export type GroundPlace = z.infer<typeof groundPlaceSchema>;

function checkBearing(input: unknown, context: z.RefinementCtx): void {
  if (typeof input !== 'object' || input === null) return;
  const bearing = input as Partial<NewBearing>;
  const has = (name: keyof NewBearing) => bearing[name] !== undefined;
  const refuse = (name: keyof NewBearing, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  if (has('site_id')) {
    for (const name of ['latitude_deg', 'longitude_deg', 'height_m'] as const)
      if (has(name)) refuse(name, 'Must not be used with site_id');
  } else if (!has('latitude_deg') && !has('longitude_deg'))
    refuse('site_id', 'Required, or latitude_deg and longitude_deg');
  else if (!has('latitude_deg')) refuse('latitude_deg', 'Must be set together with longitude_deg');
  else if (!has('longitude_deg')) refuse('longitude_deg', 'Must be set together with latitude_deg');
  if (has('sigma_deg') === has('class'))
    refuse('sigma_deg', has('class') ? 'Must not be used with class' : 'Required, or class');
  const { first_seen = '', last_seen = '' } = bearing;
  if (Date.parse(last_seen) < Date.parse(first_seen)) refuse('last_seen', 'Must not be before first_seen');
}
