import { gridColumns, gridShape, type GridBounds } from '#shared/sky/grid-shape';
import type { Pointing, TravelLimits } from '#shared/sky/pointing';
import type { Frame } from '#shared/sky/frame';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import type { ChannelAxis } from '#shared/spectrum/channels';
import type { Refined } from '../domain/session-events.ts';
import { finishedAtMs, type SessionState } from '../domain/session-state.ts';
import type { ReferencePlan } from '../domain/reference.ts';
import type { Refinement } from '../domain/refine/refine-scan.ts';
import type { RefineSettings } from '../domain/refine/refine-settings.ts';
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
  /** Points are added around the detections of the grid. */
  refine?: RefineSettings | undefined;
  /** The grid consists of offsets from this source. */
  frame?: Frame | undefined;
}

/** What the journal stores of a session besides its points. */
export interface SessionRecord extends Spec {
  sessionId: number;
  rotor: RotorConfig;
  state: SessionState;
  /** Increases with every visible change. */
  revision: number;
  /** The rotor's position and its reported travel when the path was planned; null before that. */
  planned: {
    from: Pointing;
    reportedLimits: TravelLimits | null;
    /** Absent in records of older versions. */
    atMs?: number | undefined;
  } | null;
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
  /** The added points, stored before the first of them is measured; absent: not decided. */
  refinement?: Refinement | undefined;
  /** Cells of a scan around a source that stay out of reach; absent: not decided. */
  unreached?: { points: number; note: string } | undefined;
  /**
   * Levels of cells that this journal has never had, dB: of a session handed over again before its
   * refinement was decided.
   */
  givenLevels?: readonly { cell: number; levelDb: number }[] | undefined;
}

/**
 * Cell numbers are below this; rows of unequal length leave some numbers unused. Added points
 * follow the grid.
 */
export function cellNumbers({ bounds, refinement }: Pick<SessionRecord, 'bounds' | 'refinement'>): number {
  return gridCells(bounds) + (refinement?.points.length ?? 0);
}

/** The cell numbers of the grid are below this: the first added point has this number. */
export function gridCells(bounds: GridBounds): number {
  const { rows, columns } = gridShape(bounds);
  return rows * columns;
}

/** The number of points of the grid, and of its refinement once that is decided. */
export function totalPoints({ bounds, refinement }: Pick<SessionRecord, 'bounds' | 'refinement'>): number {
  return gridShape(bounds).totalPoints + (refinement?.points.length ?? 0);
}

/** Whether the points to add are still to be decided. */
export function isToRefine({ refine, refinement }: Pick<SessionRecord, 'refine' | 'refinement'>): boolean {
  return refine !== undefined && refinement === undefined;
}

/** Whether it is still to be decided how many points there are. */
export function isOpenEnded(
  record: Pick<SessionRecord, 'refine' | 'refinement' | 'frame' | 'unreached'>,
): boolean {
  return isToRefine(record) || (record.frame !== undefined && record.unreached === undefined);
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

/** The stored state with the current number of open cells, and what has been decided since. */
export function countedState(record: SessionRecord, remaining: number): SessionState {
  const { state, refinement, unreached } = record;
  const note = (refinement ?? unreached)?.note;
  return {
    ...state,
    remaining,
    ...(state.refines && { refines: isOpenEnded(record) }),
    ...(note !== undefined && { refineNote: note }),
  };
}

/** What was decided about the number of points, if the state does not count it yet. */
export function unreported({ state, refinement, unreached }: SessionRecord): Refined | undefined {
  if (!state.refines) return undefined;
  if (refinement) return { added: refinement.points.length, note: refinement.note };
  return unreached && { added: -unreached.points, note: unreached.note };
}
