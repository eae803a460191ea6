import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SkyScanError } from '#shared/base/errors';
import type { OrbitalElements } from '#shared/sky/look';
import type { BeamTable } from './domain/beam.ts';
import type { World } from './domain/world.ts';

const MAX_SIGNALS = 100;
const MAX_SOURCES = 1_000;

const signalSchema = z
  .strictObject({
    center_hz: z.number().min(0).max(4_294_967_295),
    bandwidth_hz: z.number().min(0).max(3_200_000).default(0),
    /** Share of the power of its transmitter. */
    share: z.number().gt(0).max(1).default(1),
    duty_cycle: z.number().gt(0).max(1).default(1),
    period_ms: z.number().min(1).max(86_400_000).default(1_000),
    starts_ms: z.number().default(0),
    repeats_hz: z.number().min(100_000).optional(),
  })
  .transform((signal) => ({
    centerHz: signal.center_hz,
    bandwidthHz: signal.bandwidth_hz,
    share: signal.share,
    bursts:
      signal.duty_cycle < 1
        ? { dutyCycle: signal.duty_cycle, periodMs: signal.period_ms, startsMs: signal.starts_ms }
        : undefined,
    repeatsHz: signal.repeats_hz,
  }));

const transmitterFields = {
  eirp_dbm: z.number().min(-200).max(200),
  signals: z.array(signalSchema).min(1).max(MAX_SIGNALS),
};

const worldSchema = z
  .strictObject({
    sun: z.strictObject({ level_dbm: z.number().min(-200).max(0) }).optional(),
    satellites: z
      .array(z.strictObject({ omm: z.looseObject({ OBJECT_NAME: z.string() }), ...transmitterFields }))
      .max(MAX_SOURCES)
      .default([]),
    emitters: z
      .array(
        z.strictObject({
          name: z.string(),
          latitude_deg: z.number().min(-90).max(90),
          longitude_deg: z.number().min(-180).max(180),
          height_m: z.number().min(0).max(10_000),
          ...transmitterFields,
        }),
      )
      .max(MAX_SOURCES)
      .default([]),
  })
  .transform(({ sun, satellites, emitters }): World => ({
    sun: sun && { levelDbm: sun.level_dbm },
    satellites: satellites.map(({ omm, eirp_dbm, signals }) => ({
      name: omm.OBJECT_NAME,
      orbit: omm as unknown as OrbitalElements,
      eirpDbm: eirp_dbm,
      signals,
    })),
    emitters: emitters.map(({ name, latitude_deg, longitude_deg, height_m, eirp_dbm, signals }) => ({
      name,
      place: { latitudeDeg: latitude_deg, longitudeDeg: longitude_deg, heightM: height_m },
      eirpDbm: eirp_dbm,
      signals,
    })),
  }));

const angles = (max: number) =>
  z
    .array(z.number().min(0).max(max))
    .min(1)
    .max(3_601)
    .refine((values) => values.every((value, k) => k === 0 || value > (values[k - 1] as number)), {
      message: 'must rise',
    });

const beamSchema = z
  .strictObject({
    /** Of the axis. */
    gain_dbi: z.number().min(-20).max(80),
    off_axis_deg: angles(180),
    roll_deg: angles(360),
    gain_db: z.array(z.array(z.number().min(-200).max(20))),
  })
  .refine(
    ({ off_axis_deg, roll_deg, gain_db }) =>
      gain_db.length === roll_deg.length && gain_db.every((row) => row.length === off_axis_deg.length),
    { message: 'gain_db needs a row for each roll_deg and in it a value for each off_axis_deg' },
  )
  .transform((beam): { gainDbi: number; table: BeamTable } => ({
    gainDbi: beam.gain_dbi,
    table: { offAxisDeg: beam.off_axis_deg, rollDeg: beam.roll_deg, gainDb: beam.gain_db },
  }));

/** Reads the emitters of a world; throws `invalid` with file, field and reason. */
export function readWorld(path: string): World {
  return readJson(path, worldSchema);
}

/** Reads the pattern of an antenna and its gain on the axis; throws `invalid` likewise. */
export function readBeam(path: string): { gainDbi: number; table: BeamTable } {
  return readJson(path, beamSchema);
}

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new SkyScanError('invalid', `${path}: ${(error as Error).message}`, { cause: error });
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SkyScanError('invalid', `${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
