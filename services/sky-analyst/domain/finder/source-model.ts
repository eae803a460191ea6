import { BEAM_EXPONENT } from './beam.ts';
import { angleOfChord, tangentPlaneAt, type TangentPlane, type Vector } from './sphere.ts';

/** What the model of a source has besides amplitude and position. */
export interface Freedom {
  width: boolean;
  /** A constant velocity. */
  motion: boolean;
}

/** A source at the start of a fit. Angles in radians. */
export interface Component {
  centre: Vector;
  width: number;
  freedom: Freedom;
}

/** Parameters: amplitude, x, y, then the width, then the velocity in x and y. */
export function parameterCount({ width, motion }: Freedom): number {
  return 3 + (width ? 1 : 0) + (motion ? 2 : 0);
}

/**
 * A Gaussian beam on the sphere: g = exp(-4 ln 2 (theta / width)^2), theta the angle between a
 * point and the source. The source is at x and y in the tangent plane of its start (gnomonic
 * projection), so that nothing is singular at north or at the zenith.
 */
export class SourceModel {
  private readonly component: Component;
  private readonly vectors: readonly Vector[];
  private readonly ages: Float64Array;
  private readonly plane: TangentPlane;

  /** @param ages Time of each point, in the unit of the velocity; 0 in the middle. */
  constructor(component: Component, vectors: readonly Vector[], ages: Float64Array) {
    this.component = component;
    this.vectors = vectors;
    this.ages = ages;
    this.plane = tangentPlaneAt(component.centre);
  }

  /**
   * Adds the source to the first values, one for each point.
   * @param first Index of its first parameter.
   */
  add(parameters: readonly number[], first: number, values: Float64Array, derivatives?: Float64Array): void {
    const { freedom } = this.component;
    const { centre, right, up } = this.plane;
    const count = values.length;
    const [amplitude, x0, y0] = [parameters[first], parameters[first + 1], parameters[first + 2]] as number[];
    const width = freedom.width ? (parameters[first + 3] as number) : this.component.width;
    const motionAt = first + (freedom.width ? 4 : 3);
    const speedX = freedom.motion ? (parameters[motionAt] as number) : 0;
    const speedY = freedom.motion ? (parameters[motionAt + 1] as number) : 0;
    for (let k = 0; k < this.vectors.length; k++) {
      const age = this.ages[k] as number;
      const x = (x0 as number) + speedX * age;
      const y = (y0 as number) + speedY * age;
      const length = Math.sqrt(1 + x * x + y * y);
      const [px, py, pz] = this.vectors[k] as Vector;
      const sx = (centre[0] + x * right[0] + y * up[0]) / length;
      const sy = (centre[1] + x * right[1] + y * up[1]) / length;
      const sz = (centre[2] + x * right[2] + y * up[2]) / length;
      const angle = angleOfChord((px - sx) ** 2 + (py - sy) ** 2 + (pz - sz) ** 2);
      const gain = Math.exp(-BEAM_EXPONENT * (angle / width) ** 2);
      values[k] = (values[k] as number) + (amplitude as number) * gain;
      if (!derivatives) continue;
      // d theta / dx = -p . ds/dx / sin theta, ds/dx = (right - s (s . right)) / length.
      const cosine = px * sx + py * sy + pz * sz;
      const ratio = angle < 1e-6 ? 1 : angle / Math.sin(angle);
      const slope = ((amplitude as number) * gain * 2 * BEAM_EXPONENT * ratio) / (width * width * length);
      const toRight = px * right[0] + py * right[1] + pz * right[2];
      const toUp = px * up[0] + py * up[1] + pz * up[2];
      const dx = slope * (toRight - (cosine * x) / length);
      const dy = slope * (toUp - (cosine * y) / length);
      derivatives[first * count + k] = gain;
      derivatives[(first + 1) * count + k] = dx;
      derivatives[(first + 2) * count + k] = dy;
      if (freedom.width)
        derivatives[(first + 3) * count + k] =
          ((amplitude as number) * gain * 2 * BEAM_EXPONENT * angle * angle) / width ** 3;
      if (freedom.motion) {
        derivatives[motionAt * count + k] = dx * age;
        derivatives[(motionAt + 1) * count + k] = dy * age;
      }
    }
  }
}
