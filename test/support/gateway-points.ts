import {
  GridKind,
  type MeasuredPoint,
  type ReferenceMeasurement,
  type ScanSpec,
} from '#proto/scan_orchestrator';
import { cellPointing, columnsInRow, type GridBounds } from '#shared/sky/grid-shape';
import type { Measurement } from '#contract/measurement';
import { publishedTime } from '#contract/mqtt-messages';

/** When the scans of the fake orchestrator begin. */
export const T0_MS = Date.UTC(2026, 1, 14, 2, 0, 15);

/** The n-th point of a session that goes row by row from west to east. */
export function pointOf(spec: ScanSpec, seq: number): MeasuredPoint {
  const bounds = boundsOf(spec);
  let [row, column] = [0, seq - 1];
  while (column >= columnsInRow(bounds, row)) column -= columnsInRow(bounds, row++);
  const setpoint = cellPointing(bounds, row, column);
  const measuredAtMs = T0_MS + seq * 7_000 + 123;
  const reference = referenceOf(spec, seq, measuredAtMs);
  return {
    ...(reference && { reference }),
    seq,
    row,
    column,
    setpoint,
    readback: { azimuthDeg: setpoint.azimuthDeg + 0.1, elevationDeg: setpoint.elevationDeg - 0.1 },
    meanDbm: -92.4,
    stdDb: 0.5,
    minDbm: -93.5,
    maxDbm: -90.5,
    lastDbm: -91.4,
    reads: spec.rssiIterations,
    integrationMs: spec.rssiIterations * 10,
    flags: ['uncalibrated'],
    measuredAtMs,
  };
}

/** Before every third point, 3 s before it; its level rises by 0.1 dB from point to point. */
function referenceOf(spec: ScanSpec, seq: number, measuredAtMs: number): ReferenceMeasurement | undefined {
  if (!spec.reference?.pointing || seq % 3 !== 1) return undefined;
  return {
    readback: spec.reference.pointing,
    meanDbm: -70 + (seq - 1) / 10,
    stdDb: 0.02,
    reads: spec.rssiIterations,
    flags: ['uncalibrated'],
    measuredAtMs: measuredAtMs - 3_000,
  };
}

/** The same as it goes over MQTT. */
export function measurementOf(point: MeasuredPoint): Measurement {
  const { setpoint, readback, reference } = point;
  return {
    seq: point.seq,
    row: point.row,
    column: point.column,
    setpoint: { azimuth: setpoint?.azimuthDeg ?? NaN, elevation: setpoint?.elevationDeg ?? NaN },
    readback: { azimuth: readback?.azimuthDeg ?? NaN, elevation: readback?.elevationDeg ?? NaN },
    mean_dbm: point.meanDbm,
    std_db: point.stdDb,
    min_dbm: point.minDbm,
    max_dbm: point.maxDbm,
    last_dbm: point.lastDbm,
    reads: point.reads,
    integration_ms: point.integrationMs,
    flags: point.flags,
    measured_at: new Date(point.measuredAtMs).toISOString(),
    reference: reference
      ? {
          readback: {
            azimuth: reference.readback?.azimuthDeg ?? NaN,
            elevation: reference.readback?.elevationDeg ?? NaN,
          },
          mean_dbm: reference.meanDbm,
          std_db: reference.stdDb,
          reads: reference.reads,
          flags: reference.flags,
          measured_at: new Date(reference.measuredAtMs).toISOString(),
        }
      : null,
  };
}

/** What `/data` shows of the n-th point. */
export function publishedPoint(spec: ScanSpec, seq: number) {
  const point = pointOf(spec, seq);
  return {
    azimuth: point.readback?.azimuthDeg,
    elevation: point.readback?.elevationDeg,
    rssi_reads: point.reads,
    rssi_average: -92,
    rssi_current: -91,
    measured_at: publishedTime(point.measuredAtMs),
  };
}

/** The grid of a spec on the wire. */
export function boundsOf(spec: ScanSpec): GridBounds {
  const kind = spec.grid === GridKind.GRID_KIND_EQUAL_AREA ? 'equal_area' : 'rectangular';
  return { ...spec, kind };
}
