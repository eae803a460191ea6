import { z } from 'zod';
import { count, finite, measurementSchema, pointingSchema, type Measurement } from './measurement.ts';
import { SESSION_STATUSES } from './session-status.ts';

// What travels on MQTT, one JSON object each. Names are the public contract's; the schemas are the
// gate for whatever comes back from the broker.

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

/** The progress of a session, as the published messages have it. */
export const progressFields = {
  session_id: count.min(1),
  status: sessionStatusSchema,
  progress_pct: finite.min(0).max(100).meta({ description: 'One decimal; 100 only when all points exist' }),
  completed: count.meta({ description: 'Points that exist' }),
  total: count.meta({ description: 'Points of the grid' }),
};

/** Payload of `sessions/{id}/points`. */
export const pointMessageSchema = z
  .object({
    ...progressFields,
    point: dataPointSchema,
    seq: count.min(1).meta({ description: 'Counts the points of a session without gaps, from 1' }),
    measurement: measurementSchema,
  })
  .meta({ id: 'PointMessage', description: 'A measured point' });
export type PointMessage = z.infer<typeof pointMessageSchema>;

/**
 * Why no points arrive. The durations are those of the message's moment, by the clock of the
 * machine that measures; the times are that machine's too, and another machine may have another
 * time.
 */
export const faultSchema = z.object({
  observation: z.string().max(1_000).meta({ description: 'What is observed' }),
  since: z.iso
    .datetime()
    .meta({ description: 'When the last point was measured, or the session began to run; UTC' }),
  for_s: finite.min(0).meta({ description: 'Time since then, seconds' }),
  pauses_at: z.iso.datetime().nullable().meta({
    description: 'When the session pauses unless the fault ends first, UTC; null: not known, or never',
  }),
  pauses_in_s: finite
    .min(0)
    .nullable()
    .meta({ description: 'Time until then, seconds; null: not known, or never' }),
});
export type FaultMessage = z.infer<typeof faultSchema>;

/** Payload of `sessions/{id}/status`, retained. */
export const statusMessageSchema = z
  .object({
    ...progressFields,
    point: z.null(),
    revision: count.meta({
      description: 'Only grows: a message with a smaller one than the last is old',
    }),
    notes: z.string().max(4_000).nullable(),
    started_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'UTC, by the clock of the machine that measures' }),
    finished_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'UTC, by the clock of the machine that measures' }),
    eta: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Expected end, UTC; null while the session does not run' }),
    elapsed_s: finite.min(0).nullish().meta({
      description:
        'Time since the start, seconds, by the monotonic clock of the machine that measures; null: not started; absent: an older version',
    }),
    remaining_s: finite.min(0).nullish().meta({
      description:
        'Time until the expected end, seconds, by the same clock; null while the session does not run; absent: an older version',
    }),
    fault: faultSchema.nullish().meta({
      description: 'Why no points arrive; null while points arrive; absent: an older version',
    }),
    rotor_rests: z.boolean().nullish().meta({
      description:
        'Whether the session holds its rotor, and the rotor was stopped and reported that it rests; null or absent: not known',
    }),
    resumes_itself: z.boolean().nullish().meta({
      description: 'Whether a paused session resumes automatically; null or absent: not known',
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
      description:
        'The commanded pointing; null: none since the last stop, or an older version of rotor-driver',
    }),
    timestamp: z.iso.datetime().meta({ description: 'UTC with milliseconds' }),
  })
  .meta({ id: 'PositionMessage', description: 'The position of a rotor' });
export type PositionMessage = z.infer<typeof positionMessageSchema>;

/** Payload of `rotors/{id}/characterisation`. */
export const characterisationMessageSchema = z
  .object({
    fraction: finite.min(0).max(1).meta({ description: 'Share of the measurements that are done, 0 to 1' }),
    step: z.string().meta({
      description: 'What is being measured; in the last message `finished`, or `ended:` and the reason',
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
      description: 'offline: it ended, or the broker lost its connection (last will)',
    }),
    version: z.string().meta({ description: 'Version of the service' }),
  })
  .meta({ id: 'ServiceStatusMessage', description: 'Whether a service is connected' });

/** The published form of a measurement: whole dBm, the readback, whole seconds. */
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

/** Share of the grid that is stored, one decimal; 100.0 only when nothing is missing. */
export function progressPct(completed: number, total: number): number {
  if (total === 0 || completed >= total) return 100;
  return Math.min(99.9, Math.round((completed / total) * 1000) / 10);
}

function wholeDbm(dbm: number): number {
  return Math.round(dbm) + 0; // + 0: never -0, which JSON shows as 0 and deepEqual does not
}
