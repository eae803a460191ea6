import type { Pointing } from '#shared/sky/pointing';
import type { Read } from './measurement.ts';
import type { SweepTrack } from './sweep-track.ts';

/** Something that was received in an interval. */
export interface Timed {
  /** The middle of the interval, milliseconds on the clock of the track. */
  middleMs: number;
  converter?: Pick<NonNullable<Read['converter']>, 'droppedSamples'>;
}

/** A read and the middle of its interval. */
export type TimedRead = Read & Timed;

/** With the pointing at the middle of its interval. */
export type Placed<Item extends Timed> = Item & {
  pointing: Pointing;
  /** Direction of the sweep. */
  direction: 1 | -1;
};

export type PlacedRead = Placed<TimedRead>;

// Missing samples are detected only when later ones stay late (sample clock of sdr-sampler: after
// two windows of two 64 ms blocks); the times of reads in between are too early.
const DOUBTFUL_MS = 400;

/** Assigns each read the position at its time; drops reads without a known time or position. */
export function placeReads<Item extends Timed>(
  reads: readonly Item[],
  track: SweepTrack,
  direction: 1 | -1,
): Placed<Item>[] {
  const placed: Placed<Item>[] = [];
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
  /** Setpoints ordered by azimuth. */
  setpoints: readonly Pointing[];
  stepDeg: number;
  /** Reads further away from the row belong to none of its cells. */
  maxOffsetDeg: number;
}

/**
 * Assigns reads to cells in order of time: a read belongs to the cell within half a step of its
 * position. `lagDeg` is the lead of the positions over the antenna in either direction; it is
 * subtracted.
 */
export function binReads<Item extends Timed>(
  reads: readonly Placed<Item>[],
  cells: RowCells,
  lagDeg: number,
): Placed<Item>[][] {
  const { setpoints, stepDeg, maxOffsetDeg } = cells;
  const bins: Placed<Item>[][] = setpoints.map(() => []);
  const [first] = setpoints;
  if (!first) return bins;
  for (const read of reads) {
    const azimuthDeg = read.pointing.azimuthDeg - read.direction * lagDeg;
    const { elevationDeg } = read.pointing;
    // An edge belongs to the cell above.
    const bin = bins[Math.floor((azimuthDeg - first.azimuthDeg) / stepDeg + 0.5)];
    if (!bin || Math.abs(elevationDeg - first.elevationDeg) > maxOffsetDeg) continue;
    bin.push({ ...read, pointing: { azimuthDeg, elevationDeg } });
  }
  return bins;
}

/** Mean pointing of reads. Throws when there are none. */
export function meanPointing(reads: readonly PlacedRead[]): Pointing {
  if (reads.length === 0) throw new Error('no reads, no place');
  const mean = (of: (pointing: Pointing) => number) =>
    reads.reduce((sum, { pointing }) => sum + of(pointing), 0) / reads.length;
  return { azimuthDeg: mean((at) => at.azimuthDeg), elevationDeg: mean((at) => at.elevationDeg) };
}
