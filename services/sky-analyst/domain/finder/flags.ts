import { radToDeg } from '#shared/sky/units';
import { gaussianGain } from './beam.ts';
import type { FittedSource } from './fit-group.ts';
import type { Neighbours } from './neighbours.ts';
import { sideLobeDb, type MeasuredLobe } from './side-lobes.ts';
import { angleBetween, angleOfChord, dot, tangentPlaneAt, vectorAt } from './sphere.ts';

/** Nearer sources are in the main lobe: side lobes begin where a Gaussian beam is below -13 dB. */
const MAIN_LOBE = 1;
/** A source is wider than the beam from this ratio on, if the difference is significant. */
const EXTENDED = 1.3;
const SIGNIFICANT = 3;
/** Largest angle around a source without points, of a grid that surrounds it. */
const MAX_GAP_DEG = 130;
/** A source whose amplitude falls to less without one row was only in this row. */
const MIN_SHARE_OF_OTHERS = 0.5;

/** A stronger source explains this one by the side lobes of the beam. */
export function isSideLobe(
  source: FittedSource,
  all: readonly FittedSource[],
  beamWidth: number,
  measured: readonly MeasuredLobe[] = [],
): boolean {
  return all.some((other) => {
    if (other.amplitude <= source.amplitude) return false;
    if (angleBetween(source.direction, other.direction) < MAIN_LOBE * beamWidth) return false;
    const levelDb = sideLobeDb(source.direction, other.direction, beamWidth, measured);
    return levelDb !== undefined && source.amplitude <= other.amplitude * 10 ** (levelDb / 10);
  });
}

/** Wider than 1.3 beams. */
export function isExtended({ width, widthSigma }: FittedSource, beamWidth: number): boolean {
  return (
    widthSigma !== undefined && width > EXTENDED * beamWidth && width - SIGNIFICANT * widthSigma > beamWidth
  );
}

/**
 * Points do not surround the source: there is an angle of more than 130 degrees without points
 * within a beam width.
 */
export function isAtEdge(
  { direction }: FittedSource,
  vectors: Float64Array,
  neighbours: Neighbours,
  beamWidth: number,
): boolean {
  const plane = tangentPlaneAt(direction);
  const count = neighbours.near(direction, beamWidth);
  const angles: number[] = [];
  for (let n = 0; n < count; n++) {
    if (angleOfChord(neighbours.chordSquare[n] as number) < 0.15 * beamWidth) continue;
    const point = vectorAt(vectors, neighbours.index[n] as number);
    angles.push(radToDeg(Math.atan2(dot(point, plane.up), dot(point, plane.right))));
  }
  angles.sort((a, b) => a - b);
  const gaps = angles.map((angle, k) => (angles[k + 1] ?? (angles[0] as number) + 360) - angle);
  return angles.length < 3 || Math.max(...gaps) > MAX_GAP_DEG;
}

export interface Visibility {
  firstSeenMs: number;
  lastSeenMs: number;
  isClipped: boolean;
  /** The mask covers most of the points. */
  isMasked: boolean;
}

/** One value for each of `Points`; the last two are shares of its measured points. */
export interface VisibilityColumns {
  counts: Float64Array;
  firstMs: Float64Array;
  lastMs: Float64Array;
  clipped: Float64Array | undefined;
  interference: Float64Array | undefined;
}

/** What the points within half of the source's width tell; the nearest one, if there is none. */
export function visibilityOf(
  { direction, width }: FittedSource,
  neighbours: Neighbours,
  { counts, firstMs, lastMs, clipped, interference }: VisibilityColumns,
): Visibility {
  let count = 0;
  for (let radius = width / 2; count === 0 && radius < 4; radius *= 1.5)
    count = neighbours.near(direction, radius);
  const visibility = { firstSeenMs: Infinity, lastSeenMs: -Infinity, isClipped: false, isMasked: false };
  let [points, masked] = [0, 0];
  for (let n = 0; n < count; n++) {
    const point = neighbours.index[n] as number;
    visibility.firstSeenMs = Math.min(visibility.firstSeenMs, firstMs[point] as number);
    visibility.lastSeenMs = Math.max(visibility.lastSeenMs, lastMs[point] as number);
    if ((clipped?.[point] ?? 0) > 0) visibility.isClipped = true;
    points += counts[point] as number;
    masked += (counts[point] as number) * (interference?.[point] ?? 0);
  }
  visibility.isMasked = masked > points / 2;
  return visibility;
}

/**
 * The signal was there in one row only, and other rows that cross the beam do not show it: a burst
 * of interference. Compares the amplitudes of the matched filter with all rows and without the row
 * that contributes most; too few other points leave it open.
 * @param level Above the background, without other sources.
 */
export function isInOneRow(
  { direction, amplitude, width }: FittedSource,
  neighbours: Neighbours,
  rowOfPoint: Int32Array,
  level: Float64Array,
  sigma: Float64Array,
): boolean {
  const sums = new Map<number, { product: number; square: number }>();
  const count = neighbours.near(direction, width);
  for (let n = 0; n < count; n++) {
    const point = neighbours.index[n] as number;
    const gain = gaussianGain(angleOfChord(neighbours.chordSquare[n] as number), width);
    const weighted = gain / (sigma[point] as number) ** 2;
    const row = sums.get(rowOfPoint[point] as number) ?? { product: 0, square: 0 };
    row.product += weighted * (level[point] as number);
    row.square += weighted * gain;
    sums.set(rowOfPoint[point] as number, row);
  }
  const strongest = [...sums.values()].sort((a, b) => b.product - a.product)[0];
  let [product, square] = [0, 0];
  for (const row of sums.values()) {
    if (row === strongest) continue;
    product += row.product;
    square += row.square;
  }
  const error = 1 / Math.sqrt(square);
  return product / square + SIGNIFICANT * error < MIN_SHARE_OF_OTHERS * amplitude;
}
