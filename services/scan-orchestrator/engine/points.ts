import { azimuthStepDeg, gridColumns } from '#shared/sky/grid-shape';
import type { Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { summariseReads, type MeasuredPoint, type Read } from '../domain/measurement.ts';
import { meanPointing, type PlacedRead, type RowCells } from '../domain/sweep-reads.ts';
import type { SessionRecord } from './session-record.ts';
import type { SweepUnit } from './sweep.ts';

type Spec = Pick<SessionRecord, 'bounds' | 'rotor' | 'rssiIterations'>;

/** Builds the point of a cell from its reads. Its seq is assigned when it is recorded. */
export function pointOf(
  { bounds, rotor }: Spec,
  cell: number,
  setpoint: Pointing,
  reads: readonly Read[],
  readback: Pointing,
  measuredAtMs: number,
): MeasuredPoint {
  const columns = gridColumns(bounds);
  return {
    seq: 0,
    row: Math.floor(cell / columns),
    column: cell % columns,
    setpoint,
    readback,
    ...summariseReads(reads, isCalibrated(rotor)),
    integrationMs: reads.length * rotor.receiver.readMs,
    measuredAtMs,
  };
}

/**
 * Builds the points of a sweep in the order in which the rotor passed them. Cells with too few
 * reads yield no point; they are measured later by stopping. `unixMs`: offset from the reads' clock
 * to Unix time.
 */
export function pointsOfSweep(
  spec: Spec,
  { cells, from, to }: SweepUnit,
  setpoint: (cell: number) => Pointing,
  bins: PlacedRead[][],
  unixMs: number,
): MeasuredPoint[] {
  const step = stepDeg(spec, cells);
  const first = setpoint(cells[0] as number).azimuthDeg;
  const passed = from.azimuthDeg <= to.azimuthDeg ? cells : cells.toReversed();
  return passed.flatMap((cell) => {
    const reads = bins[Math.round((setpoint(cell).azimuthDeg - first) / step)] ?? [];
    const last = reads.at(-1);
    if (!last || reads.length < spec.rssiIterations) return [];
    return [pointOf(spec, cell, setpoint(cell), reads, meanPointing(reads), last.middleMs + unixMs)];
  });
}

/**
 * The row of a sweep from its first to its last cell, including cells between that are already
 * done.
 */
export function rowOf(spec: Spec, { cells }: SweepUnit, setpoint: (cell: number) => Pointing): RowCells {
  const step = stepDeg(spec, cells);
  const first = setpoint(cells[0] as number);
  const last = setpoint(cells.at(-1) as number);
  const count = Math.round((last.azimuthDeg - first.azimuthDeg) / step) + 1;
  return {
    setpoints: Array.from({ length: count }, (_, i) => ({
      ...first,
      azimuthDeg: first.azimuthDeg + i * step,
    })),
    stepDeg: step,
    maxOffsetDeg: Math.max(spec.rotor.toleranceDeg, spec.bounds.stepDeg / 2),
  };
}

/** A receiver behind rotctld reports dBm; it has no digital full scale. */
export function isCalibrated({ rssiSource, receiver }: RotorConfig): boolean {
  return rssiSource === 'rotctld' || receiver.dbmOffsetDb !== undefined;
}

/** Azimuth step within the row, degrees. */
function stepDeg({ bounds }: Spec, cells: readonly number[]): number {
  return azimuthStepDeg(bounds, Math.floor((cells[0] as number) / gridColumns(bounds)));
}
