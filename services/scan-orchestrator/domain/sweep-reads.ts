import type { Pointing } from '#shared/sky/pointing';
import type { Read } from './measurement.ts';
import type { SweepTrack } from './sweep-track.ts';

/** A read and when it was taken: the middle of its time, milliseconds on the clock of the track. */
export interface TimedRead extends Read {
  middleMs: number;
}

/** A read and where the antenna pointed in the middle of its time. */
export interface PlacedRead extends TimedRead {
  pointing: Pointing;
  /** In which direction the rotor swept. */
  direction: 1 | -1;
}

// That samples are missing shows only when the next ones keep coming late (sample clock of
// sdr-sampler: twice two blocks of 64 ms and some): what was read since has a time that is too
// early.
const DOUBTFUL_MS = 400;

/**
 * Gives every read the position at its own time; those whose time or position is not known are left
 * out.
 */
export function placeReads(reads: readonly TimedRead[], track: SweepTrack, direction: 1 | -1): PlacedRead[] {
  const placed: PlacedRead[] = [];
  let lostMs = Infinity;
  for (const read of reads.toReversed()) {
    if (read.converter && read.converter.droppedSamples > 0) lostMs = read.middleMs;
    if (lostMs - read.middleMs >= 0 && lostMs - read.middleMs <= DOUBTFUL_MS) continue;
    const pointing = track.at(read.middleMs);
    if (pointing) placed.push({ ...read, pointing, direction });
  }
  return placed.reverse();
}

/** Cells of one row, evenly spaced along azimuth. */
export interface RowCells {
  /** Setpoints in the order of their azimuths. */
  setpoints: readonly Pointing[];
  stepDeg: number;
  /** A read that was taken further off the row belongs to none of its cells. */
  mostAsideDeg: number;
}

/**
 * The reads of each cell, in the order in which they were taken: every read belongs to the cell in
 * whose middle half step on either side it was taken. `lagDeg`: how far the positions run ahead of
 * the antenna, whichever way it sweeps; it is taken out.
 */
export function binReads(reads: readonly PlacedRead[], cells: RowCells, lagDeg: number): PlacedRead[][] {
  const { setpoints, stepDeg, mostAsideDeg } = cells;
  const bins: PlacedRead[][] = setpoints.map(() => []);
  const [first] = setpoints;
  if (!first) return bins;
  for (const read of reads) {
    const azimuthDeg = read.pointing.azimuthDeg - read.direction * lagDeg;
    const { elevationDeg } = read.pointing;
    // An edge belongs to the cell above it.
    const bin = bins[Math.floor((azimuthDeg - first.azimuthDeg) / stepDeg + 0.5)];
    if (!bin || Math.abs(elevationDeg - first.elevationDeg) > mostAsideDeg) continue;
    bin.push({ ...read, pointing: { azimuthDeg, elevationDeg } });
  }
  return bins;
}

/** Where reads were taken on average. Throws for none. */
export function meanPointing(reads: readonly PlacedRead[]): Pointing {
  if (reads.length === 0) throw new Error('no reads, no place');
  const mean = (of: (pointing: Pointing) => number) =>
    reads.reduce((sum, { pointing }) => sum + of(pointing), 0) / reads.length;
  return { azimuthDeg: mean((at) => at.azimuthDeg), elevationDeg: mean((at) => at.elevationDeg) };
}
