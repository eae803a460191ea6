import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { createRandom } from '../../services/simulator/domain/random.ts';
import type { ChannelMap } from '../../services/sky-analyst/domain/finder/channel-map.ts';
import { normalDeviates } from './synthetic-sky.ts';

/** A signal on the channels from first to last. */
export interface Signal extends Pointing {
  /** Relative to the noise of a channel. */
  amplitude: number;
  first: number;
  last: number;
}

export interface ChannelPlan {
  points: readonly (Pointing & { row: number })[];
  channels: number;
  signals: readonly Signal[];
  /** Independent transforms in a level. */
  transforms: number;
  beamWidthDeg: number;
  seed: number;
}

/** Spectra with the filter of a receiver, signals in a Gaussian beam, and Gamma noise. */
export function syntheticChannels(plan: ChannelPlan): ChannelMap {
  const { points, channels, signals, transforms, beamWidthDeg } = plan;
  const random = createRandom(plan.seed);
  const deviate = normalDeviates(random);
  const gains = signals.map((signal) =>
    Float64Array.from(points, (point) => 2 ** -((2 * separationDeg(signal, point)) ** 2 / beamWidthDeg ** 2)),
  );
  const power = new Float32Array(points.length * channels);
  for (let point = 0, at = 0; point < points.length; point++)
    for (let channel = 0; channel < channels; channel++, at++) {
      const x = (2 * channel) / channels - 1;
      let level = 1;
      signals.forEach(({ amplitude, first, last }, k) => {
        if (channel >= first && channel <= last) level += amplitude * (gains[k]?.[point] as number);
      });
      power[at] = level * 10 ** (-0.3 * x * x) * gammaMean(transforms, random, deviate);
    }
  return {
    azimuthDeg: Float64Array.from(points, ({ azimuthDeg }) => azimuthDeg),
    elevationDeg: Float64Array.from(points, ({ elevationDeg }) => elevationDeg),
    timeMs: Float64Array.from(points, (_, k) => 1_000 * k),
    row: Int32Array.from(points, ({ row }) => row),
    channels,
    power,
  };
}

/** The mean of exponential deviates, by rejection (Marsaglia and Tsang 2000). */
function gammaMean(shape: number, random: () => number, deviate: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = deviate();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < (x * x) / 2 + d * (1 - v + Math.log(v))) return (d * v) / shape;
  }
}
