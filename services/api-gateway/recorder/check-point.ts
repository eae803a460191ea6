import type { Measurement, Reference } from '#contract/measurement';
import { STORED_COLUMNS } from '#contract/point-columns';
import { problemWithPoint, type ReferenceFacts } from '../domain/point-check.ts';
import { boundsOf, type SessionRow } from '../store/sessions.ts';

/** Why a measurement cannot belong to the session; undefined if it can. */
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
      levelsDb: levelsOf(measurement),
      reads: measurement.reads,
      integrationMs: measurement.integration_ms,
      flags: measurement.flags,
      measuredAtMs: Date.parse(measurement.measured_at),
      reference: measurement.reference ? referenceFacts(measurement.reference) : undefined,
    },
    {
      bounds: boundsOf(session),
      rows: session.grid_rows,
      columns: session.grid_columns,
      totalPoints: session.total_points,
      added: session.refined?.points ?? [],
      followsSource: session.frame !== null,
    },
  );
}

function referenceFacts(reference: Reference): ReferenceFacts {
  return {
    readbackAzDeg: reference.readback.azimuth,
    readbackElDeg: reference.readback.elevation,
    levelsDb: levelsOf(reference),
    reads: reference.reads,
    flags: reference.flags,
    measuredAtMs: Date.parse(reference.measured_at),
  };
}

const LEVELS = STORED_COLUMNS.filter(({ unit }) => unit === 'dBm' || unit === 'dB').map(({ name }) => name);

/** All levels and spreads. */
function levelsOf(measured: Partial<Measurement>): number[] {
  return LEVELS.map((name) => measured[name]).filter((value) => typeof value === 'number');
}
