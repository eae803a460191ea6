import { azimuthStepDeg, gridColumns } from '#shared/sky/grid-shape';
import type { Pointing } from '#shared/sky/pointing';
import { summariseReads, type PendingPoint, type Read } from '../domain/measurement.ts';
import { meanPointing, type RowCells } from '../domain/sweep-reads.ts';
import type { SessionRecord } from './session-record.ts';
import type { SweptCell, SweepUnit } from './sweep.ts';
import { tuningsOf } from './tunings.ts';

type Spec = Pick<SessionRecord, 'bounds' | 'rotor' | 'rssiIterations' | 'bands' | 'spectrum'>;

/** Builds the point of a cell. Its seq is assigned when it is recorded. */
export function pointOf(
  spec: Spec,
  cell: number,
  setpoint: Pointing,
  { reads, spectra }: { reads: Read[]; spectra: NonNullable<PendingPoint['spectra']> },
  readback: Pointing,
  measuredAtMs: number,
): PendingPoint {
  const columns = gridColumns(spec.bounds);
  return {
    seq: 0,
    row: Math.floor(cell / columns),
    column: cell % columns,
    setpoint,
    readback,
    ...summariseReads(reads, isCalibrated(spec)),
    integrationMs: reads.length * spec.rotor.receiver.readMs,
    measuredAtMs,
    ...(spectra.length > 0 && { spectra }),
  };
}

/**
 * Builds the points of a sweep in the order in which the rotor passed them. Cells with too few
 * reads of a tuning yield no point; they are measured later by stopping. `byTuning`: the cells of
 * the row, for every tuning. `unixMs`: offset from the reads' clock to Unix time.
 */
export function pointsOfSweep(
  spec: Spec,
  { cells, from, to }: SweepUnit,
  setpoint: (cell: number) => Pointing,
  byTuning: readonly SweptCell[][],
  unixMs: number,
): PendingPoint[] {
  const step = stepDeg(spec, cells);
  const first = setpoint(cells[0] as number).azimuthDeg;
  const passed = from.azimuthDeg <= to.azimuthDeg ? cells : cells.toReversed();
  return passed.flatMap((cell) => {
    const place = Math.round((setpoint(cell).azimuthDeg - first) / step);
    const swept = byTuning.flatMap((cells) => cells[place] ?? []);
    const reads = swept[0]?.reads ?? [];
    const last = reads.at(-1);
    const spectra = swept.flatMap(({ spectrum }) => spectrum ?? []);
    const isComplete =
      swept.length === byTuning.length &&
      swept.every((one) => one.reads.length >= spec.rssiIterations) &&
      (!spec.spectrum || spectra.length === byTuning.length);
    if (!last || !isComplete) return [];
    const measured = { reads, spectra };
    return [pointOf(spec, cell, setpoint(cell), measured, meanPointing(reads), last.middleMs + unixMs)];
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

/**
 * Whether the levels of the points are dBm. A receiver behind rotctld reports dBm; it has no
 * digital full scale.
 */
export function isCalibrated(spec: Pick<Spec, 'rotor' | 'bands'>): boolean {
  const { rssiSource, receiver } = spec.rotor;
  return rssiSource === 'rotctld' || tuningsOf(spec, receiver)[0].dbmOffsetDb !== undefined;
}

/** Azimuth step within the row, degrees. */
function stepDeg({ bounds }: Spec, cells: readonly number[]): number {
  return azimuthStepDeg(bounds, Math.floor((cells[0] as number) / gridColumns(bounds)));
}
