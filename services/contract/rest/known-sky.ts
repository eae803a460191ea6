import { z } from 'zod';
import { KNOWN_SKY_SOURCES } from '../known-sky-values.ts';

const time = z.iso.datetime().meta({ description: 'UTC with Z' });
const counts = {
  skipped: z.int().min(0).meta({ description: 'Records that are not used' }),
  first_reason: z.string().nullable().meta({ description: 'What is wrong with the first one' }),
};

/** What is known of satellites. */
export const satellitesSchema = z
  .object({
    count: z.int().min(0).meta({ description: 'Satellites with orbital elements' }),
    ...counts,
    source: z.enum(KNOWN_SKY_SOURCES).nullable().meta({
      description: 'upload, folder (ELEMENTS_PATH) or url (ELEMENTS_URL); null: there are no elements',
    }),
    fetched_at: time.nullable(),
    oldest_epoch: time.nullable(),
    newest_epoch: time.nullable(),
    age_days: z.number().nullable().meta({ description: 'Age of the newest elements, days' }),
    problem: z.string().nullable().meta({
      description: 'Why the last refresh from ELEMENTS_PATH or ELEMENTS_URL failed; the stored elements stay',
    }),
    frequencies: z
      .object({
        count: z.int().min(0).meta({ description: 'Satellites with known frequencies' }),
        ...counts,
        fetched_at: time,
      })
      .nullable()
      .meta({ description: 'null: no frequencies are known' }),
  })
  .meta({ id: 'Satellites' });
export type Satellites = z.infer<typeof satellitesSchema>;

/** A GeoJSON FeatureCollection (RFC 7946) of points. */
export const emittersSchema = z
  .object({
    type: z.literal('FeatureCollection'),
    features: z.array(
      z
        .looseObject({
          type: z.literal('Feature'),
          geometry: z.looseObject({
            type: z.literal('Point'),
            coordinates: z
              .array(z.number())
              .meta({ description: 'Longitude, latitude, optionally height in m' }),
          }),
          properties: z.looseObject({
            name: z.string(),
            height_m: z.number().optional().meta({ description: 'Height above the ellipsoid, m' }),
            from_hz: z.number().optional(),
            to_hz: z.number().optional(),
            frequencies: z.array(z.object({ from_hz: z.number(), to_hz: z.number() })).optional(),
          }),
        })
        .meta({ id: 'Emitter' }),
    ),
  })
  .meta({ id: 'Emitters', description: 'GeoJSON' });

export const emittersStoredSchema = z.object({ count: z.int().min(0) }).meta({ id: 'EmittersStored' });
