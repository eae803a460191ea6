import { cellPointing, columnsInRow, type GridBounds, type GridShape } from '#shared/sky/grid-shape';

/** The checked data of a session: its grid. */
export interface PlannedSession extends GridShape {
  bounds: GridBounds;
  /** Points added to the grid: azimuth and elevation, degrees. */
  added: readonly (readonly [number, number])[];
  /** The grid consists of offsets from a source that moves: it does not determine setpoints. */
  followsSource?: boolean;
}

/** The checked data of a point; levels in dB, times in Unix milliseconds. */
export interface PointFacts {
  seq: number;
  row: number;
  column: number;
  setpointAzDeg: number;
  setpointElDeg: number;
  readbackAzDeg: number;
  readbackElDeg: number;
  levelsDb: number[];
  reads: number;
  integrationMs: number;
  flags: string[];
  measuredAtMs: number;
  reference: ReferenceFacts | undefined;
}

/** The checked data of a reference measurement. */
export interface ReferenceFacts {
  readbackAzDeg: number;
  readbackElDeg: number;
  levelsDb: number[];
  reads: number;
  flags: string[];
  measuredAtMs: number;
}

// Both sides compute setpoints from the grid; they may differ only by rounding.
const SETPOINT_TOLERANCE_DEG = 1e-3;
const MAX_LEVEL_DB = 1_000;
// A slow rotor gets more reads per cell during a sweep than a client can request.
const MAX_READS = 1_000_000;
const DAY_MS = 86_400_000;

/**
 * Why a point cannot belong to the session; undefined if it can. Only the orchestrator's journal
 * proves that it was measured.
 */
export function problemWithPoint(point: PointFacts, session: PlannedSession): string | undefined {
  const { row, column } = point;
  const setpoint = setpointOf(row, column, session);
  if (point.seq > session.totalPoints) return `seq ${point.seq} is beyond the grid`;
  if (typeof setpoint === 'string') return setpoint;
  // Around a source, the grid has offsets; where they were is known to the orchestrator only.
  const misplaced = session.followsSource ? undefined : problemWithSetpoint(point, setpoint);
  if (misplaced !== undefined) return misplaced;
  if (point.integrationMs > DAY_MS) return 'integration is longer than a day';
  const reference = point.reference && problemWithReads(point.reference);
  return problemWithReads(point) ?? (reference && `reference: ${reference}`);
}

function problemWithSetpoint(
  { row, column, setpointAzDeg, setpointElDeg }: PointFacts,
  [azDeg, elDeg]: readonly [number, number],
): string | undefined {
  if (turnBetweenDeg(setpointAzDeg, azDeg) > SETPOINT_TOLERANCE_DEG)
    return `setpoint azimuth ${setpointAzDeg} deg is not column ${column} (${azDeg} deg)`;
  if (Math.abs(setpointElDeg - elDeg) > SETPOINT_TOLERANCE_DEG)
    return `setpoint elevation ${setpointElDeg} deg is not row ${row} (${elDeg} deg)`;
  return undefined;
}

/** The direction of a cell or of an added point, degrees; a string: why there is none. */
function setpointOf(
  row: number,
  column: number,
  { bounds, rows, columns: widest, added }: PlannedSession,
): readonly [number, number] | string {
  if (row < rows) {
    const columns = columnsInRow(bounds, row);
    if (column >= columns) return `column ${column} is beyond ${columns} columns`;
    const { azimuthDeg, elevationDeg } = cellPointing(bounds, row, column);
    return [azimuthDeg, elevationDeg];
  }
  if (column >= widest) return `column ${column} is beyond ${widest} columns`;
  const index = (row - rows) * widest + column;
  const point = added[index];
  if (point) return point;
  return added.length > 0
    ? `point ${index} after the grid is beyond ${added.length} added points`
    : `row ${row} is beyond ${rows} rows`;
}

function problemWithReads(measured: ReferenceFacts): string | undefined {
  if (Math.abs(measured.readbackAzDeg) > 1_080 || Math.abs(measured.readbackElDeg) > 360)
    return 'readback is not a valid pointing';
  if (measured.levelsDb.some((level) => Math.abs(level) > MAX_LEVEL_DB)) return 'a level is beyond 1000 dB';
  if (measured.reads > MAX_READS) return `${measured.reads} reads are more than ${MAX_READS}`;
  if (measured.flags.some((flag) => !/^[a-z][a-z_]*$/.test(flag))) return 'a flag is not a lower-case word';
  if (!(measured.measuredAtMs >= 0)) return 'measured before 1970';
  return undefined;
}

/** Smallest angle between two azimuths, degrees: the setpoint is unwrapped, the grid is not. */
function turnBetweenDeg(a: number, b: number): number {
  const turn = Math.abs(a - b) % 360;
  return Math.min(turn, 360 - turn);
}
