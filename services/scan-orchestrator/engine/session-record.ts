import { gridColumns, type GridBounds, type GridShape } from '#shared/sky/grid-shape';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import type { ChannelAxis } from '#shared/spectrum/channels';
import { finishedAtMs, type SessionState } from '../domain/session-state.ts';
import type { ReferencePlan } from '../domain/reference.ts';
import type { Band, SpectrumChannels } from './tunings.ts';

/** The definition of a scan. */
export interface Spec {
  bounds: GridBounds;
  rssiIterations: number;
  /**
   * Whether cells are measured while the rotor sweeps their rows; records written by older versions
   * lack it.
   */
  mode?: 'step' | 'on_the_fly' | undefined;
  /** Without it, the gain of the receiver counts as constant. */
  reference?: ReferencePlan | undefined;
  /** A spectrum at every point. */
  spectrum?: SpectrumChannels | undefined;
  /** The tunings at every point; none: that of the rotor's receiver. */
  bands?: readonly Band[] | undefined;
}

/** What the journal stores of a session besides its points. */
export interface SessionRecord extends Spec {
  sessionId: number;
  rotor: RotorConfig;
  state: SessionState;
  /** Increases with every visible change. */
  revision: number;
  /** The rotor's position and its reported travel when the path was planned; null before that. */
  planned: { from: Pointing; reportedLimits: TravelLimits | null } | null;
  /** What the database is known to contain. */
  confirmedSeq: number;
  confirmedRevision: number;
  /** Cells of the points up to `confirmedSeq`, one bit each. */
  confirmedCells: Uint8Array;
  /**
   * When the last point was measured. Records written by older versions lack this and the next two
   * fields.
   */
  lastMeasuredAtMs?: number | undefined;
  /** Time since the start by the monotonic clock, as of `elapsedAtMs`. */
  elapsedMs?: number | undefined;
  elapsedAtMs?: number | undefined;
  /** The channels of the spectra of each band; absent before the first point. */
  axes?: readonly ChannelAxis[] | undefined;
}

/** Cell numbers are below this; rows of unequal length leave some numbers unused. */
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

/** The latest stored time of a session, Unix milliseconds. */
export function latestTimeOf({ state, lastMeasuredAtMs, elapsedAtMs }: SessionRecord): number {
  const times = [state.startedAtMs, finishedAtMs(state), lastMeasuredAtMs, elapsedAtMs];
  return Math.max(...times.map((time) => time ?? -Infinity));
}
