import { gridColumns, type GridBounds, type GridShape } from '#shared/sky/grid-shape';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { finishedAtMs, type SessionState } from '../domain/session-state.ts';
import type { ReferencePlan } from '../domain/reference.ts';

/** What is to be measured. */
export interface Spec {
  bounds: GridBounds;
  rssiIterations: number;
  /**
   * Whether cells are measured while the rotor sweeps their rows; records of before have no mode.
   */
  mode?: 'step' | 'on_the_fly' | undefined;
  /** Without it the receiver is taken for steady. */
  reference?: ReferencePlan | undefined;
}

/** What the journal keeps of a session beside its points. */
export interface SessionRecord extends Spec {
  sessionId: number;
  rotor: RotorConfig;
  state: SessionState;
  /** Grows with every visible change. */
  revision: number;
  /**
   * Where the rotor stood and what it said it can travel when the path was planned; null before
   * that.
   */
  planned: { from: Pointing; reportedLimits: TravelLimits | null } | null;
  /** What the database is known to hold. */
  confirmedSeq: number;
  confirmedRevision: number;
  /** Cells of the points up to `confirmedSeq`, one bit each. */
  confirmedCells: Uint8Array;
  /**
   * When the last point was measured. Records written by older versions lack this and the next two.
   */
  lastMeasuredAtMs?: number | undefined;
  /** Time since the start, by the monotonic clock, up to `elapsedAtMs`. */
  elapsedMs?: number | undefined;
  elapsedAtMs?: number | undefined;
}

/**
 * Cells have numbers below this; in a grid whose rows are of unequal length some numbers mean no
 * cell.
 */
export function cellNumbers({ rows, columns }: Pick<GridShape, 'rows' | 'columns'>): number {
  return rows * columns;
}

/** The cell of a point: row * columns + column. */
export function cellOf(
  point: { row: number; column: number },
  record: Pick<SessionRecord, 'bounds'>,
): number {
  return point.row * gridColumns(record.bounds) + point.column;
}

/** The latest time that is stored of a session, Unix milliseconds. */
export function latestTimeOf({ state, lastMeasuredAtMs, elapsedAtMs }: SessionRecord): number {
  const times = [state.startedAtMs, finishedAtMs(state), lastMeasuredAtMs, elapsedAtMs];
  return Math.max(...times.map((time) => time ?? -Infinity));
}
