import { radToDeg } from '#shared/sky/units';
import type { Vector } from './sphere.ts';

/** Finds points near a direction. Wraps at north and works at the zenith. */
export interface Neighbours {
  /** Fills `index` and `chordSquare`, in no order; returns the number of points found. */
  near(direction: Vector, radius: number): number;
  /** Valid until the next call, like `chordSquare`. They are replaced when they grow. */
  index: Int32Array;
  chordSquare: Float64Array;
}

/**
 * Sorts the points into bands of elevation, and by azimuth in each band: a search reads only the
 * part of the bands that a cap can touch. Angles in radians.
 * @param vectors Unit vectors, three numbers for each point.
 * @param bandWidth About half of the usual radius.
 */
export function createNeighbours(vectors: Float64Array, bandWidth: number): Neighbours {
  const count = vectors.length / 3;
  const bands = Math.max(1, Math.min(2_000, Math.ceil(Math.PI / bandWidth)));
  const bandOf = (elevation: number) =>
    Math.max(0, Math.min(bands - 1, Math.floor(((elevation + Math.PI / 2) / Math.PI) * bands)));
  const azimuths = new Float64Array(count);
  const bandOfPoint = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    azimuths[k] = Math.atan2(vectors[3 * k] as number, vectors[3 * k + 1] as number);
    bandOfPoint[k] = bandOf(Math.asin(Math.max(-1, Math.min(1, vectors[3 * k + 2] as number))));
  }
  const order = Int32Array.from({ length: count }, (_, k) => k).sort(
    (a, b) =>
      (bandOfPoint[a] as number) - (bandOfPoint[b] as number) ||
      (azimuths[a] as number) - (azimuths[b] as number),
  );
  const sortedAzimuths = Float64Array.from(order, (k) => azimuths[k] as number);
  const starts = new Int32Array(bands + 1);
  for (const band of bandOfPoint) starts[band + 1] = (starts[band + 1] as number) + 1;
  for (let band = 0; band < bands; band++)
    starts[band + 1] = (starts[band + 1] as number) + (starts[band] as number);

  const found: Neighbours = { index: new Int32Array(64), chordSquare: new Float64Array(64), near };
  return found;

  function near(direction: Vector, radius: number): number {
    const elevation = Math.asin(Math.max(-1, Math.min(1, direction[2])));
    const azimuth = Math.atan2(direction[0], direction[1]);
    const limit = (2 * Math.sin(Math.min(radius, Math.PI) / 2)) ** 2;
    // Half the width in azimuth of a cap that does not contain a pole.
    const sine = Math.sin(radius) / Math.cos(elevation);
    const isPolar = Math.abs(elevation) + radius >= Math.PI / 2 || !(sine < 1);
    const half = isPolar ? Math.PI : Math.asin(sine) + 1e-9;
    let size = 0;
    for (let band = bandOf(elevation - radius); band <= bandOf(elevation + radius); band++) {
      const [from, to] = [starts[band] as number, starts[band + 1] as number];
      if (isPolar) size = scan(from, to, direction, limit, size);
      else {
        const low = azimuth - half;
        const high = azimuth + half;
        size = scan(lowerBound(from, to, low), lowerBound(from, to, high), direction, limit, size);
        if (low < -Math.PI) size = scan(lowerBound(from, to, low + 2 * Math.PI), to, direction, limit, size);
        if (high > Math.PI)
          size = scan(from, lowerBound(from, to, high - 2 * Math.PI), direction, limit, size);
      }
    }
    return size;
  }

  function scan(from: number, to: number, direction: Vector, limit: number, size: number): number {
    if (size + to - from > found.index.length) grow(size + to - from);
    const { index, chordSquare } = found;
    const [x, y, z] = direction;
    for (let at = from; at < to; at++) {
      const k = order[at] as number;
      const [dx, dy] = [(vectors[3 * k] as number) - x, (vectors[3 * k + 1] as number) - y];
      const dz = (vectors[3 * k + 2] as number) - z;
      const square = dx * dx + dy * dy + dz * dz;
      if (square > limit) continue;
      index[size] = k;
      chordSquare[size++] = square;
    }
    return size;
  }

  function grow(size: number): void {
    const [index, chordSquare] = [new Int32Array(2 * size), new Float64Array(2 * size)];
    index.set(found.index);
    chordSquare.set(found.chordSquare);
    Object.assign(found, { index, chordSquare });
  }

  function lowerBound(from: number, to: number, value: number): number {
    let [low, high] = [from, to];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sortedAzimuths[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The median distance of a point from the nearest other one, degrees, from some of the points. */
export function typicalSpacingDeg(vectors: Float64Array, neighbours: Neighbours): number {
  const count = vectors.length / 3;
  const samples = Math.min(count, 200);
  const nearest: number[] = [];
  for (let k = 0; k < samples; k++) {
    const at = Math.floor((k * count) / samples);
    const direction: Vector = [
      vectors[3 * at] as number,
      vectors[3 * at + 1] as number,
      vectors[3 * at + 2] as number,
    ];
    for (let radius = 1e-4; radius < 4; radius *= 2) {
      const size = neighbours.near(direction, radius);
      let best = Infinity;
      for (let n = 0; n < size; n++)
        if (neighbours.index[n] !== at) best = Math.min(best, neighbours.chordSquare[n] as number);
      if (best === Infinity) continue;
      nearest.push(Math.sqrt(best));
      break;
    }
  }
  nearest.sort((a, b) => a - b);
  return radToDeg(nearest[nearest.length >> 1] ?? NaN);
}
