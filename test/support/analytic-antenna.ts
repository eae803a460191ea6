import { vectorOf, type Vector } from '../../services/sky-analyst/domain/finder/sphere.ts';
import { antennaVector } from '../../services/sky-analyst/domain/pattern/antenna-frame.ts';
import type { PatternScan } from '../../services/sky-analyst/domain/pattern/pattern.ts';
import { gaussianPair, seededRandom } from './samples.ts';

/**
 * An antenna with exact figures: ((1 + cos a) / 2)^20 and a back lobe 20 dB below,
 * 0.01 ((1 - cos a) / 2)^4, at an angle a from the axis.
 */
export function analyticGain(axis: Vector): (direction: Vector) => number {
  return ([x, y, z]) => {
    const cosine = x * axis[0] + y * axis[1] + z * axis[2];
    return ((1 + cosine) / 2) ** 20 + 0.01 * ((1 - cosine) / 2) ** 4;
  };
}

/** A Gaussian beam with two half-power widths, degrees, around the axis of the mount. */
export function ellipticalGain({ wideDeg, highDeg }: { wideDeg: number; highDeg: number }) {
  const deg = (sine: number) => (180 * Math.asin(sine)) / Math.PI;
  return ([right, forward, up]: Vector): number =>
    forward <= 0
      ? 1e-6
      : Math.max(1e-6, Math.exp(-4 * Math.LN2 * ((deg(right) / wideDeg) ** 2 + (deg(up) / highDeg) ** 2)));
}

export const ANALYTIC = {
  /** cos^40 of half of the angle is one half, less the part of the back lobe, which is not seen. */
  hpbwDeg: (4 * Math.acos(0.5 ** (1 / 40)) * 180) / Math.PI,
  /** The integrals of both lobes are 4 pi / 21 and 0.01 times 4 pi / 5. */
  directivityDbi: 10 * Math.log10(1 / (1 / 21 + 0.01 / 5)),
  frontToBackDb: 20,
};

export interface FixedScan {
  gainAt: (direction: Vector) => number;
  source: { azimuthDeg: number; elevationDeg: number };
  azimuths: readonly [from: number, to: number];
  elevations: readonly [from: number, to: number];
  stepDeg: number;
  noiseDb: number;
  /** Linear, relative to the peak. */
  background?: number;
  seed?: number;
}

/** A scan over a source that stays where it is. */
export function scanOver(plan: FixedScan): PatternScan {
  const { gainAt, source, azimuths, elevations, stepDeg, noiseDb, background = 0, seed = 1 } = plan;
  const random = seededRandom(seed);
  const direction = vectorOf(source.azimuthDeg, source.elevationDeg);
  const axis = ([from, to]: readonly [number, number]) =>
    Array.from({ length: Math.round((to - from) / stepDeg) + 1 }, (_, k) => from + k * stepDeg);
  const points = axis(elevations).flatMap((elevation) =>
    axis(azimuths).map((azimuth) => ({
      azimuth,
      elevation,
      level:
        (gainAt(antennaVector(direction, azimuth, elevation)) + background) *
        10 ** ((noiseDb * gaussianPair(random)[0]) / 10),
    })),
  );
  return {
    azimuthDeg: Float64Array.from(points, ({ azimuth }) => azimuth),
    elevationDeg: Float64Array.from(points, ({ elevation }) => elevation),
    sourceAzimuthDeg: new Float64Array(points.length).fill(source.azimuthDeg),
    sourceElevationDeg: new Float64Array(points.length).fill(source.elevationDeg),
    level: Float64Array.from(points, ({ level }) => level),
    clipped: new Uint8Array(points.length),
  };
}
