import { describe, expect, test } from 'vitest';
import { spectrumOf, type SpectrumRead } from './spectrum.ts';
import { CHANNEL_FLAGS } from './channels.ts';

const CHANNELS = 64;
const flat = new Array<number>(CHANNELS).fill(1);
// The three channels around the tuner's frequency, and the band edges.
const flags = Uint8Array.from({ length: CHANNELS }, (_, k) => {
  const distance = Math.abs(k - 32);
  return (distance <= 1 ? CHANNEL_FLAGS.dc : 0) | (distance > 29 ? CHANNEL_FLAGS.bandEdge : 0);
});
const band = { firstChannelHz: 1e9, channelHz: 1_000, flags };

/** A read of `transforms` transforms with the same power in each; `powers`: one per channel. */
function readOf(powers: readonly number[], transforms = 100): SpectrumRead {
  const list = (of: (power: number) => number) => Float32Array.from(powers, of);
  return {
    clippedFraction: 0,
    spectrum: {
      band,
      transforms,
      independentTransforms: transforms,
      powerSum: list((power) => transforms * power),
      extremes: {
        squareSum: list((power) => transforms * power ** 2),
        minPower: list((power) => power),
        maxPower: list((power) => power),
      },
    },
  };
}

function withoutExtremes(read: SpectrumRead): SpectrumRead {
  return { ...read, spectrum: { ...read.spectrum, extremes: undefined } };
}

const at = (power: number, channel = 20) => flat.map((level, k) => (k === channel ? power : level));

describe('the spectrum of a dwell', () => {
  test('has the mean, the extremes and the numbers of transforms of all reads', () => {
    const { mean, transforms, independentTransforms, transformStatistics } = spectrumOf([
      readOf(at(4)),
      readOf(at(10)),
    ]);
    expect({ transforms, independentTransforms }).toEqual({ transforms: 200, independentTransforms: 200 });
    expect([mean[20], mean[21]]).toEqual([7, 1]);
    expect([transformStatistics?.min[20], transformStatistics?.max[20]]).toEqual([4, 10]);
  });

  test('weights reads by their transforms', () => {
    expect(spectrumOf([readOf(at(4), 300), readOf(at(8), 100)]).mean[20]).toBe(5);
  });

  test('has a median of the reads that ignores one strong read', () => {
    const { median } = spectrumOf([readOf(at(1000)), readOf(at(2)), readOf(at(3))]);
    // (1 - 1/900)^3 with 100 transforms per read.
    expect(median[20]).toBeCloseTo(3 / (1 - 1 / 900) ** 3, 6);
    // The mean of the middle two of an even number.
    const even = [readOf(at(1000)), readOf(at(2)), readOf(at(4)), readOf(at(0))] as const;
    expect(spectrumOf(even).median[20]).toBeCloseTo(3 / (1 - 1 / 900) ** 3, 6);
  });

  test('has the mean as the median of one or two reads', () => {
    expect(spectrumOf([readOf(at(2))]).median[20]).toBe(2);
    expect(spectrumOf([readOf(at(2)), readOf(at(4))]).median[20]).toBe(3);
  });

  test('counts the reads that are 5 dB above the floor', () => {
    const { occupancy, floor } = spectrumOf([readOf(at(3.9)), readOf(at(2)), readOf(at(1)), readOf(at(8))]);
    // Equal levels instead of noise: the correction for the selection remains, 7 % here.
    expect(floor).toBeGreaterThan(1);
    expect(floor).toBeLessThan(1.08);
    expect([occupancy[20], occupancy[21]]).toEqual([0.5, 0]);
  });

  test('has a floor of the lowest channels, without band edges and the DC offset', () => {
    const weakEdges = flat.map((level, k) => (k < 3 || k > 61 || k === 32 ? 0.01 : level));
    const busy = weakEdges.map((level, k) => (k > 20 && k < 60 && k !== 32 ? 50 : level));
    const { floor } = spectrumOf([readOf(busy)]);
    expect(floor).toBeGreaterThan(1);
    expect(floor).toBeLessThan(1.2);
  });

  test('has kurtosis 0 for a constant carrier and a high one for a short burst', () => {
    const steady = spectrumOf([readOf(at(9)), readOf(at(9))]);
    expect(steady.transformStatistics?.kurtosis?.[20]).toBeCloseTo(0, 6);
    const burst = [readOf(at(9)), ...[1, 2, 3].map(() => readOf(at(0)))] as [SpectrumRead, ...SpectrumRead[]];
    // M S2 / S1^2 of a duty cycle d is 1 / d.
    expect(spectrumOf(burst).transformStatistics?.kurtosis?.[20]).toBeCloseTo((401 / 399) * (4 - 1), 5);
  });

  test('has no kurtosis of a single transform', () => {
    expect(spectrumOf([readOf(flat, 1)]).transformStatistics).toMatchObject({ kurtosis: undefined });
  });

  test('has no statistics of transforms that the receiver does not report', () => {
    const { mean, transformStatistics } = spectrumOf([withoutExtremes(readOf(at(4)))]);
    expect(mean[20]).toBe(4);
    expect(transformStatistics).toBeUndefined();
  });

  test('flags all channels when a read clips', () => {
    const clipped = { ...readOf(flat), clippedFraction: 0.002 };
    const { flags } = spectrumOf([readOf(flat), clipped]).band;
    expect(flags.every((bits) => (bits & CHANNEL_FLAGS.clipped) !== 0)).toBe(true);
    expect(flags[32]).toBe(CHANNEL_FLAGS.clipped | CHANNEL_FLAGS.dc);
    expect(spectrumOf([readOf(flat)]).band.flags).toEqual(band.flags);
  });

  test('flags a channel whose level was lost in a read and reports no value for it', () => {
    const { band: flagged, mean, median, occupancy, floor } = spectrumOf([readOf(at(NaN)), readOf(at(2))]);
    expect(flagged.flags[20]).toBe(CHANNEL_FLAGS.overflow);
    expect([mean[20], median[20], occupancy[20]]).toEqual([NaN, NaN, NaN]);
    expect([mean[21], median[21], occupancy[21]]).toEqual([1, 1, 0]);
    expect(floor).toBeGreaterThan(1);
  });
});
