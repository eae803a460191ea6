import type { HopPower } from './power-span.ts';
import { flagsAround } from './spectrum-band.ts';
import type { ReadSpectrum } from '#shared/spectrum/read-spectrum';
import { FLAT_SHARE } from './tuning.ts';

/**
 * The bins of all hops of rtl_power, which are adjacent. `bins`: bins per hop before the edges were
 * cut off. rtl_power reports averages of transforms without overlap, and no single transforms.
 */
export function spectrumOfHops(hops: readonly [HopPower, ...HopPower[]], bins: number): ReadSpectrum {
  const transforms = Math.max(1, Math.round(Math.min(...hops.map((hop) => hop.transforms))));
  const [{ firstHz, stepHz }] = hops;
  const flags = hops.map(({ powers }) => flagsAround(powers.length, powers.length / 2, FLAT_SHARE * bins));
  return {
    band: {
      firstChannelHz: firstHz,
      channelHz: stepHz,
      flags: Uint8Array.from(flags.flatMap((ofHop) => [...ofHop])),
    },
    transforms,
    independentTransforms: transforms,
    powerSum: Float32Array.from(hops.flatMap(({ powers }) => powers.map((power) => power * transforms))),
    extremes: undefined,
  };
}
