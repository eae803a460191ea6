import type { MeasuredCell } from '../lib/cell-table.ts';
import type { Plan } from '#contract/rest/plan';
import type { PublishedMeasurement, Session } from '#contract/rest/sessions';

const STARTED_MS = Date.UTC(2026, 1, 14, 2);

/** A session of `total` points in rows of `columns` cells, 1 deg apart. */
export function sessionOf(total: number, columns: number): Session {
  return {
    id: 7,
    rotor_id: 1,
    status: 'running',
    az_start: 0,
    az_end: columns - 1,
    el_start: 10,
    el_end: 10 + Math.ceil(total / columns) - 1,
    step_deg: 1,
    rssi_iterations: 3,
    total_points: total,
    completed_points: 0,
    progress_pct: 0,
    started_at: '2026-02-14T02:00:00',
    finished_at: null,
    notes: null,
  };
}

export function planOf(total: number, columns: number): Plan {
  const rows = Math.ceil(total / columns);
  return {
    session_id: 7,
    site_id: 1,
    rotor_name: 'Roof',
    grid: 'rectangular',
    scan_mode: 'step',
    rows,
    columns,
    columns_in_row: Array.from({ length: rows }, () => columns),
    total_points: total,
    path: [],
    eta: null,
    elapsed_s: null,
    frame: null,
    refine: null,
    remaining_s: null,
    center_frequency_hz: 1_420_400_000,
    bandwidth_hz: 200_000,
    gain_db: 29.7,
    read_ms: 10,
    spectrum: null,
    bands: [{ center_frequency_hz: 1_420_000_000, bandwidth_hz: 2_000_000 }],
    band_plan: null,
    reference: null,
    fault: null,
    rotor_rests: null,
    resumes_itself: null,
    pointing_model: null,
  };
}

/** The point with number `seq`; every point has different values. */
export function pointAt(seq: number, columns: number): PublishedMeasurement {
  const row = Math.floor((seq - 1) / columns);
  const column = (seq - 1) % columns;
  const setpoint = { azimuth: column, elevation: 10 + row };
  return {
    seq,
    row,
    column,
    setpoint,
    readback: { azimuth: setpoint.azimuth + 0.25, elevation: setpoint.elevation - 0.5 },
    mean_dbm: -100 + seq / 8,
    std_db: 0.5 + seq / 64,
    min_dbm: -102 + seq / 8,
    max_dbm: -98 + seq / 8,
    last_dbm: -99 + seq / 8,
    reads: seq + 2,
    integration_ms: 30,
    flags: seq % 3 === 0 ? ['uncalibrated', 'clipped'] : ['uncalibrated'],
    measured_at: new Date(STARTED_MS + seq * 1_001).toISOString(),
    reference: null,
    median_dbm: seq % 4 === 0 ? null : -100.5 + seq / 8,
    unit: 'dBFS',
  };
}

/** The values of a point that the dashboard keeps. */
export function cellOf(point: PublishedMeasurement): MeasuredCell {
  const { seq, row, column, mean_dbm, std_db, min_dbm, max_dbm, reads, flags, readback, median_dbm } = point;
  const measuredAtMs = Date.parse(point.measured_at);
  return {
    seq,
    row,
    column,
    mean_dbm,
    std_db,
    min_dbm,
    max_dbm,
    reads,
    flags,
    readback,
    median_dbm,
    measuredAtMs,
  };
}
