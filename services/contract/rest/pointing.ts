import { z } from 'zod';
import { integerWithin, text, withUnit, within, yesNo } from './fields.ts';

/** Terms of the pointing model (docs/pointing.md). */
export const POINTING_TERMS = ['IA', 'IE', 'CA', 'NPAE', 'AN', 'AW'] as const;

const fixedTargetSchema = z
  .strictObject({
    name: text.min(1, 'Must not be empty').max(100, 'Must have at most 100 characters'),
    azimuth_deg: within(-180, 540, 'deg'),
    elevation_deg: within(0, 90, 'deg'),
  })
  .meta({ id: 'FixedTarget', description: 'A source at a fixed direction' });

const satelliteTargetSchema = z
  .strictObject({
    satellite: z
      .union(
        [
          text.min(1, 'Must not be empty').max(200, 'Must have at most 200 characters'),
          integerWithin(1, 999_999_999),
        ],
        {
          error: 'Must be a name or a catalogue number',
        },
      )
      .meta({ description: 'Name or catalogue number in the orbital elements' }),
  })
  .meta({ id: 'SatelliteTarget', description: 'A satellite that moves slowly, such as a geostationary one' });

const emitterTargetSchema = z
  .strictObject({
    emitter: text
      .min(1, 'Must not be empty')
      .max(200, 'Must have at most 200 characters')
      .meta({ description: 'Name in the list of emitters' }),
  })
  .meta({ id: 'EmitterTarget', description: 'A known emitter on the ground' });

/** Body of calibrate-pointing. */
export const pointingCalibrationRequestSchema = z
  .strictObject({
    target: z
      .union([z.literal('sun'), fixedTargetSchema, satelliteTargetSchema, emitterTargetSchema], {
        error:
          'Must be "sun" or an object with name, azimuth_deg and elevation_deg, with satellite or with emitter',
      })
      .default('sun')
      .meta({
        description:
          'What is measured: the Sun, a satellite or an emitter, which need the place of the site, or a fixed direction',
      }),
    kind: z.enum(['raster', 'cross'], { error: 'Must be raster or cross' }).default('raster').meta({
      description:
        'raster: a square of points. cross: two scans, along azimuth and elevation; fewer points, for small offsets',
    }),
    size_deg: within(0.1, 90, 'deg').nullable().default(null).meta({
      description:
        'Width of the square or cross; null: 2.4 beam widths. It must be more than twice the pointing error',
    }),
    rssi_iterations: withUnit(integerWithin(1, 1000), 'reads')
      .default(10)
      .meta({ description: 'Reads per point' }),
    repeats: integerWithin(1, 48).default(1).meta({
      description:
        'Number of measurements. Six or more over 60 degrees of azimuth determine more than the index errors',
    }),
    interval_min: within(0, 1_440, 'min')
      .default(15)
      .meta({ description: 'Time from the start of one measurement to the start of the next one' }),
  })
  .meta({ id: 'PointingCalibrationRequest' });
export type PointingCalibrationRequest = z.output<typeof pointingCalibrationRequestSchema>;

const time = z.string().meta({ description: 'UTC with Z' });
const degrees = (description: string) => z.number().meta({ description: `${description}, degrees` });

export const pointingJobSchema = z
  .object({
    status: z.enum(['running', 'done', 'failed', 'cancelled']),
    request: pointingCalibrationRequestSchema,
    done: z.int().meta({ description: 'Measurements that found the target' }),
    failed: z.int().meta({ description: 'Measurements that did not' }),
    problem: z.string().nullable().meta({ description: 'The last problem' }),
    session_ids: z.array(z.int()).meta({ description: 'Scans of the current measurement' }),
    next_at: time.nullable().meta({ description: 'When the current measurement is due; null: it has ended' }),
    started_at: time,
    finished_at: time.nullable(),
  })
  .meta({ id: 'PointingJob' });
export type PointingJob = z.infer<typeof pointingJobSchema>;

/** The model in force when a session was started. */
export const pointingModelOfSessionSchema = z
  .object({ id: z.int(), created_at: time })
  .nullable()
  .meta({ description: 'The pointing model in force; null: none' });

const termSchema = z
  .object({
    term: z.enum(POINTING_TERMS),
    value_deg: z.number(),
    sigma_deg: z.number().nullable().meta({
      description: 'Standard deviation; null: the observations do not determine the term, which is 0',
    }),
  })
  .meta({ id: 'PointingTerm' });

const observationSchema = z
  .object({
    id: z.int(),
    session_ids: z.array(z.int()).meta({ description: 'The scans that measured it' }),
    target: z.string(),
    at: time,
    azimuth_deg: degrees('Where the source was'),
    elevation_deg: degrees('Where the source was'),
    readback_azimuth_deg: degrees('What the mount reads with the beam there'),
    readback_elevation_deg: degrees('What the mount reads with the beam there'),
    sigma_deg: degrees('Standard deviation on the sky, per axis'),
    signal_to_noise: z.number(),
    width_deg: degrees('Half-power width of the source as it appears'),
    residual_cross_deg: degrees('Readback less that of the model: azimuth times cos(elevation)').nullable(),
    residual_elevation_deg: degrees('The same in elevation').nullable(),
  })
  .meta({ id: 'PointingObservation' });

export const pointingSchema = z
  .object({
    enabled: yesNo.meta({ description: 'Whether moves and positions are corrected by the model' }),
    model: z
      .object({
        id: z.int(),
        created_at: time,
        terms: z.array(termSchema),
        rms_before_deg: degrees('Root mean square error without the model'),
        rms_deg: degrees('Root mean square residual'),
        chi_square: z.number(),
        degrees_of_freedom: z.int(),
        problem: z.string().nullable().meta({ description: 'Why the model cannot be enabled' }),
      })
      .nullable()
      .meta({ description: 'Fitted to all observations; null: there are none' }),
    observations: z.array(observationSchema).meta({ description: 'Oldest first' }),
    job: pointingJobSchema.nullable().meta({ description: 'The last calibration' }),
  })
  .meta({ id: 'Pointing' });
export type Pointing = z.infer<typeof pointingSchema>;

/** Body of PUT. */
export const pointingChangeSchema = z.strictObject({ enabled: yesNo }).meta({ id: 'PointingChange' });
