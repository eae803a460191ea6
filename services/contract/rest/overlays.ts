import { z } from 'zod';
import { OVERLAY_KINDS } from '../known-sky-values.ts';

const ALL = OVERLAY_KINDS.join(',');

/** Query of `/overlays`. */
export const overlaysQuerySchema = z.object({
  kinds: z
    .string({ error: 'Must be given once' })
    .default(ALL)
    .transform((text) => [...new Set(text.split(','))])
    .pipe(z.array(z.enum(OVERLAY_KINDS, { error: `Must be some of ${ALL}, separated by commas` }))),
});

/** The same query for the documentation. */
export const overlaysQueryDocs = z.object({
  kinds: z.string().default(ALL).meta({ description: 'Separated by commas' }),
});

const curves = z
  .array(
    z
      .object({
        name: z.string(),
        points: z.array(
          z.object({
            azimuth: z.number(),
            elevation: z.number(),
            time: z.iso.datetime().optional().meta({ description: 'Of a pass; UTC with Z' }),
          }),
        ),
      })
      .meta({ id: 'OverlayCurve', description: 'A line, or a place if it has one point; degrees' }),
  )
  .optional();

/** Lines and places to draw over the map of a session; only the requested kinds. */
export const overlaysSchema = z
  .object({
    belt: curves.meta({ description: 'The geostationary belt' }),
    passes: curves.meta({ description: 'Satellites during the session' }),
    emitters: curves,
    milky_way: curves.meta({ description: 'The plane of the Milky Way' }),
    equatorial: curves.meta({ description: 'A grid of right ascension and declination (J2000)' }),
    notes: z.array(z.string()).meta({ description: 'What is left out' }),
  })
  .meta({ id: 'Overlays' });
export type Overlays = z.infer<typeof overlaysSchema>;
