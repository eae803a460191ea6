import { gaussianGain } from './beam.ts';
import type { FittedSource } from './fit-group.ts';
import type { Points } from './points.ts';
import { MODEL_ERROR, type PreparedMap } from './prepared-map.ts';
import { angleBetween, directionInPlane, tangentPlaneAt, vectorAt, type Vector } from './sphere.ts';

/** Sources at this distance do not matter, in beam widths. */
const REACH = 3.5;
/** The peak of the filter is at most this far from the fitted place, in beam widths. */
const MAX_SHIFT = 0.3;
/** Distance of the places between which the peak is interpolated, in beam widths. */
const STEP = 0.15;

/**
 * SNR_mf of a source: the peak of the matched filter near the fitted place, without the other
 * sources, divided by the noise that would be there without it. The fit has a free offset, so that
 * its place is not exactly that of the peak.
 */
export function signalToNoise(
  points: Points,
  prepared: PreparedMap,
  sources: readonly FittedSource[],
  source: FittedSource,
): number {
  const { beamWidth } = points;
  const around = pointsAround(points, prepared, sources, source);
  const share = prepared.sensitivity.at(source.direction);
  const ratioAt = (direction: Vector): number => {
    let [known, rest, square] = [0, 0, 0];
    for (const { vector, own, residual, sigma } of around) {
      const angle = angleBetween(direction, vector);
      if (angle > beamWidth) continue;
      const gain = gaussianGain(angle, beamWidth);
      const weighted = gain / sigma ** 2;
      known += weighted * own;
      rest += weighted * residual;
      square += weighted * gain;
    }
    // Drift has taken a part of what is not subtracted yet.
    return square > 0 ? ((known + rest / share) * Math.sqrt(share / square)) / prepared.correlation : 0;
  };
  const plane = tangentPlaneAt(source.direction);
  const at = (x: number, y: number) => ratioAt(directionInPlane(plane, x * beamWidth, y * beamWidth));
  const middle = at(0, 0);
  const x = peakBetween(at(-STEP, 0), middle, at(STEP, 0));
  const y = peakBetween(at(0, -STEP), middle, at(0, STEP));
  return Math.max(middle, at(x, y));
}

/** Where the parabola through three values has its peak, in beam widths. */
function peakBetween(before: number, middle: number, after: number): number {
  const curvature = before - 2 * middle + after;
  if (curvature >= 0) return 0;
  return Math.max(-MAX_SHIFT, Math.min(MAX_SHIFT, (STEP * (before - after)) / (2 * curvature)));
}

interface PointAround {
  vector: Vector;
  /** Of the subtracted model, without the other sources. */
  own: number;
  residual: number;
  sigma: number;
}

function pointsAround(
  { vectors, neighbours, counts, beamWidth }: Points,
  { above, background, baselineSigma, relativeSigma, noiseScale, model }: PreparedMap,
  sources: readonly FittedSource[],
  source: FittedSource,
): PointAround[] {
  const others = sources.filter(
    (other) => other !== source && angleBetween(other.direction, source.direction) < REACH * beamWidth,
  );
  const count = neighbours.near(source.direction, Math.min(Math.PI, (1 + 1.5 * MAX_SHIFT) * beamWidth));
  return Array.from(neighbours.index.subarray(0, count), (point) => {
    const vector = vectorAt(vectors, point);
    let other = 0;
    for (const { direction, amplitude, width } of others)
      other += amplitude * gaussianGain(angleBetween(direction, vector), width);
    const level = (background[point] as number) + other;
    const noise = (level * relativeSigma * noiseScale) / Math.sqrt(counts[point] as number);
    return {
      vector,
      own: (model[point] as number) - other,
      residual: (above[point] as number) - (model[point] as number),
      sigma: Math.hypot(noise, MODEL_ERROR * other, baselineSigma[point] as number),
    };
  });
}
