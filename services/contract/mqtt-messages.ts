import { z } from 'zod';
import { LOCAL_SITE } from '#shared/base/site-name';
import { count, finite, measurementSchema, pointingSchema, type Measurement } from './measurement.ts';
import { STRONGEST_CHANNELS } from '#shared/spectrum/point-spectrum';
import { SESSION_STATUSES } from './session-status.ts';

// MQTT payloads, one JSON object each, with the names of the public contract. The schemas validate
// everything that comes from the broker.

/** `YYYY-MM-DDTHH:MM:SS`, UTC, as published. */
export function publishedTime(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(0, 19);
}

export const sessionStatusSchema = z.enum(SESSION_STATUSES);

/** A data point as published. */
export const dataPointSchema = z.object({
  azimuth: finite,
  elevation: finite,
  rssi_reads: count,
  rssi_average: z.int(),
  rssi_current: z.int(),
  measured_at: z.string().nullable(),
});
export type DataPoint = z.infer<typeof dataPointSchema>;

/** The progress fields of the published messages. */
export const progressFields = {
  session_id: count.min(1),
  status: sessionStatusSchema,
  progress_pct: finite
    .min(0)
    .max(100)
    .meta({ description: 'One decimal; 100 only when all points are stored' }),
  completed: count.meta({ description: 'Number of measured points' }),
  total: count.meta({ description: 'Number of points of the grid' }),
};

/** Payload of `sessions/{id}/points`. */
export const pointMessageSchema = z
  .object({
    ...progressFields,
    point: dataPointSchema,
    seq: count.min(1).meta({ description: 'Number of the point in its session, from 1 without gaps' }),
    measurement: measurementSchema,
    site: z
      .string()
      .max(40)
      .default(LOCAL_SITE.name)
      .meta({ description: 'Name of the site that measured it; absent: older version' }),
    strongest: z
      .array(z.object({ frequency_hz: finite, mean_db: finite }))
      .max(STRONGEST_CHANNELS)
      .optional()
      .meta({
        description:
          'The strongest channels that are 5 dB above the noise floor, strongest first, in the unit of the levels; only in a scan with spectra',
      }),
  })
  .meta({ id: 'PointMessage', description: 'A measured point' });
export type PointMessage = z.infer<typeof pointMessageSchema>;

/**
 * Why a session receives no points. Durations refer to the time of the message; times are those of
 * the measuring machine, whose clock may differ.
 */
export const faultSchema = z.object({
  observation: z.string().max(1_000).meta({ description: 'The observed fault' }),
  since: z.iso.datetime().meta({ description: 'Time of the last point or of the start, UTC' }),
  for_s: finite.min(0).meta({ description: 'Time since then, seconds' }),
  pauses_at: z.iso.datetime().nullable().meta({
    description: 'When the session will pause if the fault persists, UTC; null: unknown, or never',
  }),
  pauses_in_s: finite
    .min(0)
    .nullable()
    .meta({ description: 'Time until then, seconds; null: unknown, or never' }),
});
export type FaultMessage = z.infer<typeof faultSchema>;

/** Payload of `sessions/{id}/status`, retained. */
export const statusMessageSchema = z
  .object({
    ...progressFields,
    point: z.null(),
    revision: count.meta({
      description: 'Only increases: a message with a smaller revision is outdated',
    }),
    notes: z.string().max(4_000).nullable(),
    started_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'UTC, by the clock of the measuring machine' }),
    finished_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'UTC, by the clock of the measuring machine' }),
    eta: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Expected end, UTC; null unless the session is running' }),
    elapsed_s: finite.min(0).nullish().meta({
      description:
        'Time since the start, seconds, by the monotonic clock of the measuring machine; null: not started; absent: older version',
    }),
    remaining_s: finite.min(0).nullish().meta({
      description:
        'Time until the expected end, seconds, by the same clock; null unless the session is running; absent: older version',
    }),
    fault: faultSchema.nullish().meta({
      description: 'Why no points arrive; null while they do; absent: older version',
    }),
    rotor_rests: z.boolean().nullish().meta({
      description:
        'Whether the session holds its rotor, stopped and confirmed at rest; null or absent: unknown',
    }),
    resumes_itself: z.boolean().nullish().meta({
      description: 'Whether a paused session resumes automatically; null or absent: unknown',
    }),
  })
  .meta({ id: 'StatusMessage', description: 'The state of a session' });
export type StatusMessage = z.infer<typeof statusMessageSchema>;

/** Payload of `rotors/{id}/position`, retained. */
export const positionMessageSchema = z
  .object({
    azimuth: finite.meta({ description: 'Readback, degrees' }),
    elevation: finite.meta({ description: 'Readback, degrees' }),
    moving: z.boolean(),
    setpoint: pointingSchema.nullable().default(null).meta({
      description: 'The commanded pointing; null: none since the last stop, or older version of rotor-driver',
    }),
    timestamp: z.iso.datetime().meta({ description: 'UTC with milliseconds' }),
  })
  .meta({ id: 'PositionMessage', description: 'The position of a rotor' });
export type PositionMessage = z.infer<typeof positionMessageSchema>;

/** Payload of `rotors/{id}/characterisation`. */
export const characterisationMessageSchema = z
  .object({
    fraction: finite.min(0).max(1).meta({ description: 'Completed share, 0 to 1' }),
    step: z.string().meta({
      description: 'The current measurement; in the last message `finished`, or `ended:` and the reason',
    }),
    azimuth: finite.meta({ description: 'Readback, degrees' }),
    elevation: finite.meta({ description: 'Readback, degrees' }),
    timestamp: z.iso.datetime().meta({ description: 'UTC with milliseconds' }),
  })
  .meta({ id: 'CharacterisationMessage', description: 'The progress of a characterisation' });
export type CharacterisationMessage = z.infer<typeof characterisationMessageSchema>;

/** Payload of `services/{name}/status`, retained; the last will says `offline`. */
export const serviceStatusMessageSchema = z
  .object({
    status: z.enum(['online', 'offline']).meta({
      description: 'offline: the service stopped, or the broker lost its connection (last will)',
    }),
    version: z.string().meta({ description: 'Version of the service' }),
  })
  .meta({ id: 'ServiceStatusMessage', description: 'Whether a service is connected' });

/** The published form of a measurement: whole dBm, readback, whole seconds. */
export function toDataPoint(measurement: Measurement): DataPoint {
  return {
    azimuth: measurement.readback.azimuth,
    elevation: measurement.readback.elevation,
    rssi_reads: measurement.reads,
    rssi_average: wholeDbm(measurement.mean_dbm),
    rssi_current: wholeDbm(measurement.last_dbm),
    measured_at: publishedTime(Date.parse(measurement.measured_at)),
  };
}

/** Stored share of the grid, one decimal; 100 only when no point is missing. */
export function progressPct(completed: number, total: number): number {
  if (total === 0 || completed >= total) return 100;
  return Math.min(99.9, Math.round((completed / total) * 1000) / 10);
}

function wholeDbm(dbm: number): number {
  return Math.round(dbm) + 0; // + 0: never -0, which JSON shows as 0 and deepEqual does not
}
