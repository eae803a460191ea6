/**
 * One column of a point. An entry of the table below defines a field of MQTT, `?detail=full` and
 * the API, a column of the database, of CSV and of the columnar format, its documentation and (with
 * a label) a row in the dashboard's tooltip.
 */
export interface PointColumn {
  /**
   * The JSON field; in camel case also the field of `MeasuredPoint` (gRPC, journal), where a time
   * ends in `Ms`. In CSV and the columnar format a pointing has two columns (`setpoint_azimuth`,
   * `setpoint_elevation`), and the reference is `reference_dbm`.
   */
  readonly name: string;
  readonly type: 'count' | 'number' | 'pointing' | 'flags' | 'time' | 'unit' | 'reference';
  /** `dBm` stands for the unit of the point's levels: dBFS if they are not calibrated. */
  readonly unit?: 'dBm' | 'dB' | 'deg' | 'ms';
  readonly min?: number;
  /** Null if there is no value; messages, journals and rows of older versions lack the column. */
  readonly nullable?: true;
  /** Columns of the table `points` and their types; a pointing has two, azimuth first. */
  readonly sql: Readonly<Record<string, string>>;
  /** `answer`: computed for the API; neither published over MQTT nor stored. */
  readonly origin: 'journal' | 'plan' | 'rotor' | 'reads' | 'answer';
  /** Also a column of the measurement at the reference pointing. */
  readonly ofReference?: true;
  /**
   * Title in the map's tooltip; columns with the same label share a row. Without a label the
   * dashboard drops the column.
   */
  readonly label?: string;
  readonly docs: string;
}

const INTEGER = 'integer';
const DOUBLE = 'double precision';

// Programs may read the columns of CSV and of the columnar format by number, in this order: append
// new ones.
const TABLE = [
  {
    name: 'seq',
    type: 'count',
    min: 1,
    sql: { seq: INTEGER },
    origin: 'journal',
    docs: 'Number of the point in its session, from 1 without gaps',
  },
  { name: 'row', type: 'count', sql: { grid_row: INTEGER }, origin: 'plan', docs: 'Row of the grid, from 0' },
  {
    name: 'column',
    type: 'count',
    sql: { grid_column: INTEGER },
    origin: 'plan',
    docs: 'Column in the row, from 0',
  },
  {
    name: 'setpoint',
    type: 'pointing',
    unit: 'deg',
    sql: { setpoint_az: DOUBLE, setpoint_el: DOUBLE },
    origin: 'plan',
    docs: 'Commanded pointing',
  },
  {
    name: 'readback',
    type: 'pointing',
    unit: 'deg',
    sql: { azimuth: DOUBLE, elevation: DOUBLE },
    origin: 'rotor',
    ofReference: true,
    label: 'rotor at',
    docs: 'Pointing that the rotor reported',
  },
  {
    name: 'mean_dbm',
    type: 'number',
    unit: 'dBm',
    sql: { mean_dbm: DOUBLE },
    origin: 'reads',
    ofReference: true,
    docs: 'Mean of the reads in linear power',
  },
  {
    name: 'std_db',
    type: 'number',
    unit: 'dB',
    min: 0,
    sql: { std_db: DOUBLE },
    origin: 'reads',
    ofReference: true,
    label: 'spread',
    docs: 'Sample standard deviation of the reads in dB; 0 for a single read or a summary',
  },
  {
    name: 'min_dbm',
    type: 'number',
    unit: 'dBm',
    sql: { min_dbm: DOUBLE },
    origin: 'reads',
    label: 'lowest, highest',
    docs: 'Lowest read',
  },
  {
    name: 'max_dbm',
    type: 'number',
    unit: 'dBm',
    sql: { max_dbm: DOUBLE },
    origin: 'reads',
    label: 'lowest, highest',
    docs: 'Highest read',
  },
  {
    name: 'last_dbm',
    type: 'number',
    unit: 'dBm',
    sql: { last_dbm: DOUBLE },
    origin: 'reads',
    docs: 'Last read',
  },
  {
    name: 'reads',
    type: 'count',
    min: 1,
    sql: { reads: INTEGER },
    origin: 'reads',
    ofReference: true,
    label: 'reads',
    docs: 'Number of reads',
  },
  {
    name: 'integration_ms',
    type: 'number',
    unit: 'ms',
    min: 0,
    sql: { integration_ms: DOUBLE },
    origin: 'reads',
    docs: 'Duration of all reads together',
  },
  {
    name: 'flags',
    type: 'flags',
    sql: { flags: 'text[]' },
    origin: 'reads',
    ofReference: true,
    label: 'flags',
    docs: 'Reasons to doubt the levels: clipped, underloaded, dropped, dc_offset, uncalibrated, summary',
  },
  {
    name: 'measured_at',
    type: 'time',
    sql: { measured_at: 'timestamp with time zone' },
    origin: 'reads',
    ofReference: true,
    label: 'measured',
    docs: 'Time of the last read, UTC',
  },
  {
    name: 'unit',
    type: 'unit',
    sql: {},
    origin: 'answer',
    docs: 'Unit of the levels; dBFS: not calibrated',
  },
  {
    name: 'reference',
    type: 'reference',
    nullable: true,
    sql: { reference: 'jsonb' },
    origin: 'reads',
    docs: 'Measurement at the reference pointing, if it was measured just before this point',
  },
  {
    name: 'drift_db',
    type: 'number',
    unit: 'dB',
    sql: {},
    origin: 'answer',
    docs: 'Only with ?corrected=true: the drift that was subtracted from the levels',
  },
  {
    name: 'median_dbm',
    type: 'number',
    unit: 'dBm',
    nullable: true,
    sql: { median_dbm: DOUBLE },
    origin: 'reads',
    label: 'median',
    docs: 'Median of the reads; for an even number the mean of the middle two in linear power. Null if the receiver reports only a summary of its reads',
  },
  {
    name: 'level_db',
    type: 'number',
    unit: 'dBm',
    nullable: true,
    sql: {},
    origin: 'answer',
    docs: 'Only with ?from_hz= and ?to_hz=: the level of the frequency range (statistic mean, median, min or max)',
  },
  {
    name: 'kurtosis',
    type: 'number',
    nullable: true,
    sql: {},
    origin: 'answer',
    docs: 'Only with ?statistic=kurtosis: the highest spectral kurtosis of the frequency range',
  },
  {
    name: 'occupancy',
    type: 'number',
    nullable: true,
    sql: {},
    origin: 'answer',
    docs: 'Only with ?statistic=occupancy: the highest occupancy of the frequency range, 0 to 1',
  },
] as const satisfies readonly PointColumn[];

export type Column = (typeof TABLE)[number] & PointColumn;
/** A column that is published and stored. */
export type StoredColumn = Exclude<Column, { origin: 'answer' }>;
/** Names of the stored columns of a type. */
export type StoredName<Type extends PointColumn['type']> = Extract<StoredColumn, { type: Type }>['name'];

/** All columns in the order of CSV. */
export const POINT_COLUMNS: readonly Column[] = TABLE;
export const STORED_COLUMNS = POINT_COLUMNS.filter(
  (column): column is StoredColumn => column.origin !== 'answer',
);
/** The levels, which the drift correction changes. */
export const LEVEL_COLUMNS = STORED_COLUMNS.filter(
  (column): column is Extract<StoredColumn, { unit: 'dBm' }> => column.unit === 'dBm',
);
