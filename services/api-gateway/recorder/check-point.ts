import type { Measurement, Reference } from '#contract/mqtt-messages';
import { problemWithPoint, type ReferenceFacts } from '../domain/point-check.ts';
import { boundsOf, type SessionRow } from '../store/sessions.ts';

/** Why a measurement cannot belong to the session; undefined when nothing speaks against it. */
export function checkPoint(measurement: Measurement, session: SessionRow): string | undefined {
  return problemWithPoint(
    {
      seq: measurement.seq,
      row: measurement.row,
      column: measurement.column,
      setpointAzDeg: measurement.setpoint.azimuth,
      setpointElDeg: measurement.setpoint.elevation,
      readbackAzDeg: measurement.readback.azimuth,
      readbackElDeg: measurement.readback.elevation,
      levelsDb: [
        measurement.mean_dbm,
        measurement.std_db,
        measurement.min_dbm,
        measurement.max_dbm,
        measurement.last_dbm,
      ],
      reads: measurement.reads,
      integrationMs: measurement.integration_ms,
      flags: measurement.flags,
      measuredAtMs: Date.parse(measurement.measured_at),
      reference: measurement.reference ? referenceFacts(measurement.reference) : undefined,
    },
    { bounds: boundsOf(session), rows: session.grid_rows, totalPoints: session.total_points },
  );
}

function referenceFacts(reference: Reference): ReferenceFacts {
  return {
    readbackAzDeg: reference.readback.azimuth,
    readbackElDeg: reference.readback.elevation,
    levelsDb: [reference.mean_dbm, reference.std_db],
    reads: reference.reads,
    flags: reference.flags,
    measuredAtMs: Date.parse(reference.measured_at),
  };
}
