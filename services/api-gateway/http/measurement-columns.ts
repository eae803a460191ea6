import type { Measurement } from '#shared/mqtt-messages';

/** A point as it is shown; with a drift that has been taken off its levels. */
export interface ShownPoint extends Measurement {
  drift_db?: number;
}

/** A column of a table of measurements: its name and what stands in it. */
export type Column<Value> = [name: string, value: (point: ShownPoint) => Value];

/** Which point it is. */
export const PLACE_COLUMNS: Column<number>[] = [
  ['seq', (p) => p.seq],
  ['row', (p) => p.row],
  ['column', (p) => p.column],
];

/** Where it was measured, degrees, and what was measured there, dBm (or dBFS) and dB. */
export const VALUE_COLUMNS: Column<number>[] = [
  ['setpoint_azimuth', (p) => p.setpoint.azimuth],
  ['setpoint_elevation', (p) => p.setpoint.elevation],
  ['readback_azimuth', (p) => p.readback.azimuth],
  ['readback_elevation', (p) => p.readback.elevation],
  ['mean_dbm', (p) => p.mean_dbm],
  ['std_db', (p) => p.std_db],
  ['min_dbm', (p) => p.min_dbm],
  ['max_dbm', (p) => p.max_dbm],
  ['last_dbm', (p) => p.last_dbm],
];

/** In a corrected table. */
export const DRIFT_COLUMN: Column<number> = ['drift_db', (p) => p.drift_db ?? 0];
