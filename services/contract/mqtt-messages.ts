import { z } from 'zod';
import { SESSION_STATUSES } from './session-status.ts';

// What travels on MQTT, one JSON object each. Names are the public contract's; the schemas are the gate for whatever
// comes back from the broker.

const finite = z.number().refine(Number.isFinite);
const count = z.int().min(0).max(4_294_967_295);

/** `YYYY-MM-DDTHH:MM:SS`, UTC, as published. */
export function publishedTime(unixMs: number): string {
  return new Date(unixMs).toISOString().slice(0, 19);
}

export const sessionStatusSchema = z.enum(SESSION_STATUSES);

/** A direction, degrees. */
export const pointingSchema = z.object({ azimuth: finite, elevation: finite });
export type ApiPointing = z.infer<typeof pointingSchema>;

const flags = z.array(z.string().max(40)).max(10);

/** What the reference pointing gave just before a point. */
const referenceSchema = z
  .object({
    readback: pointingSchema,
    mean_dbm: finite,
    std_db: finite.min(0),
    reads: count.min(1),
    flags,
    /** UTC with milliseconds and `Z`. */
    measured_at: z.iso.datetime(),
  })
  .nullable();
export type Reference = NonNullable<z.infer<typeof referenceSchema>>;

/** Everything known of a measured point; also an item of `GET /api/skyscan/{id}/measurements`. */
export const measurementSchema = z.object({
  seq: count.min(1),
  row: count,
  column: count,
  setpoint: pointingSchema,
  readback: pointingSchema,
  mean_dbm: finite,
  std_db: finite.min(0),
  min_dbm: finite,
  max_dbm: finite,
  last_dbm: finite,
  reads: count.min(1),
  integration_ms: finite.min(0),
  flags,
  /** UTC with milliseconds and `Z`. */
  measured_at: z.iso.datetime(),
  /** The reference pointing, when it was visited just before. An orchestrator of before knows none. */
  reference: referenceSchema.default(null),
});
export type Measurement = z.infer<typeof measurementSchema>;

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
  progress_pct: finite.min(0).max(100),
  completed: count,
  total: count,
};

/** Payload of `sessions/{id}/points`. */
export const pointMessageSchema = z.object({
  ...progressFields,
  point: dataPointSchema,
  seq: count.min(1),
  measurement: measurementSchema,
});
export type PointMessage = z.infer<typeof pointMessageSchema>;

/**
 * Why no points arrive. The durations are those of the message's moment, by the clock of the machine that measures; the times are
 * that machine's too, and another machine may have another time.
 */
export const faultSchema = z.object({
  /** What is observed, in plain words. */
  observation: z.string().max(1_000),
  /** When the last point was measured, or the session began to run. */
  since: z.iso.datetime(),
  for_s: finite.min(0),
  /** When the session pauses unless the fault ends first; null: not known, or never. */
  pauses_at: z.iso.datetime().nullable(),
  pauses_in_s: finite.min(0).nullable(),
});
export type FaultMessage = z.infer<typeof faultSchema>;

/** Payload of `sessions/{id}/status`, retained. */
export const statusMessageSchema = z.object({
  ...progressFields,
  point: z.null(),
  revision: count,
  notes: z.string().max(4_000).nullable(),
  started_at: z.iso.datetime().nullable(),
  finished_at: z.iso.datetime().nullable(),
  /** Expected end, UTC. */
  eta: z.iso.datetime().nullable(),
  /**
   * Time since the start and until the expected end at the message's moment, by the clock of the machine that measures; absent: an
   * orchestrator of an older version.
   */
  elapsed_s: finite.min(0).nullish(),
  remaining_s: finite.min(0).nullish(),
  /** Null while points arrive; absent: an orchestrator of an older version. */
  fault: faultSchema.nullish(),
  /** Whether the rotor was stopped, seen to stand, and is held; absent: not known. */
  rotor_rests: z.boolean().nullish(),
  /** Whether something that passes has paused it: it resumes automatically; absent: not known. */
  resumes_itself: z.boolean().nullish(),
});
export type StatusMessage = z.infer<typeof statusMessageSchema>;

/** Payload of `rotors/{id}/position`, retained. */
export const positionMessageSchema = z.object({
  azimuth: finite,
  elevation: finite,
  moving: z.boolean(),
  /** Where it was told to be; null when it has been told nothing. A rotor-driver of before says nothing of it. */
  setpoint: pointingSchema.nullable().default(null),
  timestamp: z.iso.datetime(),
});
export type PositionMessage = z.infer<typeof positionMessageSchema>;

/** Payload of `rotors/{id}/characterisation`. */
export const characterisationMessageSchema = z.object({
  fraction: finite.min(0).max(1),
  /** What is measured now; the last one is `finished`, or `ended:` and the reason. */
  step: z.string(),
  azimuth: finite,
  elevation: finite,
  timestamp: z.iso.datetime(),
});
export type CharacterisationMessage = z.infer<typeof characterisationMessageSchema>;

/** Payload of `services/{name}/status`, retained; the last will says `offline`. */
export const serviceStatusMessageSchema = z.object({
  status: z.enum(['online', 'offline']),
  version: z.string(),
});

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
