import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createChannelNoise } from '../../../test/support/kurtosis-noise.ts';
import { seededRandom } from '../../../test/support/samples.ts';
import { addNoise } from '../../../test/support/waterfalls.ts';
import { createRfiMask, type MaskInput, type MaskSettings, type PointMask } from './rfi-mask.ts';

const CHANNELS = 128;
const TRANSFORMS = 200;

function noisePoints(count: number, seed = 1, channels = CHANNELS): MaskInput[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const power = new Float32Array(channels).fill(1);
    addNoise(power, TRANSFORMS * (18 / 19), random);
    return { power, kurtosis: undefined, occupancy: undefined, transforms: TRANSFORMS };
  });
}

function masksOf(points: readonly MaskInput[], settings: Partial<MaskSettings> = {}): PointMask[] {
  const mask = createRfiMask({ channels: CHANNELS, ...settings });
  return [...points.flatMap((point) => mask.push(point)), ...mask.finish()];
}

function isFlagged({ flags }: PointMask, channel: number): boolean {
  return ((flags[channel >> 3] as number) & (1 << (channel & 7))) !== 0;
}

describe('the mask of a point', () => {
  test('without interference leaves the mean as it is', () => {
    const points = noisePoints(200);
    const clean = masksOf(points).filter(({ flaggedChannels }) => flaggedChannels === 0);
    expect(clean.length).toBeGreaterThan(50);
    for (const { mean, meanClean, flaggedTime } of clean) {
      expect(meanClean).toBe(mean);
      expect(flaggedTime).toBe(0);
    }
  });

  test('reports the share of channels and time, and the mean without a carrier', () => {
    const occupancy = new Float32Array(CHANNELS).fill(0.01);
    occupancy[37] = 0.75;
    const points = noisePoints(200).map((point) => ({ ...point, occupancy }));
    for (const { power } of points) power[37] = 100;
    for (const mask of masksOf(points)) {
      expect(isFlagged(mask, 37)).toBe(true);
      const flagged = Array.from({ length: CHANNELS }, (_, k) => isFlagged(mask, k)).filter(Boolean).length;
      expect(mask.flaggedChannels).toBeCloseTo(flagged / CHANNELS, 9);
      expect(mask.flaggedTime).toBe(0.75);
      expect(mask.mean / 227).toBeCloseTo(1, 1);
      expect(Math.abs(mask.meanClean / CHANNELS - 1)).toBeLessThan(0.05);
    }
  });

  test('replaces flagged channels by the bandpass at the level of the point', () => {
    const level = (row: number) => (row >= 100 && row < 103 ? 10 : 1);
    const shape = (k: number) => (k < 64 ? 2 : 1);
    const points = noisePoints(200, 2).map((point, row) => ({
      ...point,
      power: point.power.map((value, k) => (k >= 20 && k < 24 ? 1_000 : value * level(row) * shape(k))),
    }));
    masksOf(points).forEach(({ meanClean }, row) => {
      expect(meanClean / (level(row) * 192)).toBeCloseTo(1, 1);
    });
  });

  test('neither uses nor flags excluded channels and those without a level', () => {
    const excluded = new Uint8Array(CHANNELS);
    excluded[64] = 1;
    const points = noisePoints(150);
    for (const { power } of points) {
      power[64] = 1e6;
      power[10] = NaN;
    }
    for (const mask of masksOf(points, { excluded })) {
      expect(isFlagged(mask, 64)).toBe(false);
      expect(isFlagged(mask, 10)).toBe(false);
      expect(mask.mean / (CHANNELS - 2)).toBeCloseTo(1, 1);
    }
  });

  test('of a point without any level has no mean', () => {
    const points = noisePoints(30);
    points[12]?.power.fill(NaN);
    const masks = masksOf(points);
    expect(masks[12]).toMatchObject({ flaggedChannels: 0, flaggedTime: 0, mean: NaN, meanClean: NaN });
    expect(Number.isFinite(masks[13]?.meanClean)).toBe(true);
  });

  test.each([
    ['low', 0.6],
    ['high', 1.7],
  ])('has a flag where the kurtosis is too %s', (_, value) => {
    const points = noisePoints(40);
    points.forEach((point) => {
      point.kurtosis = new Float32Array(CHANNELS).fill(1);
    });
    points[20]?.kurtosis?.fill(value, 5, 6);
    points[21]?.kurtosis?.fill(NaN, 5, 6);
    const masks = masksOf(points, { kurtosisStepDb: 0.01 });
    expect(masks.map((mask) => isFlagged(mask, 5)).indexOf(true)).toBe(20);
    expect(isFlagged(masks[21] as PointMask, 5)).toBe(false);
  });
});

describe('a stream of points', () => {
  test('gets one mask per point, in order, for any number of points', () => {
    fc.assert(
      fc.property(fc.nat({ max: 500 }), fc.integer({ min: 50, max: 300 }), (count, chunkRows) => {
        const points = Array.from({ length: count }, (_, row) => ({
          power: new Float32Array(16).fill(1 + row),
          kurtosis: undefined,
          occupancy: undefined,
          transforms: undefined,
        }));
        const masks = masksOf(points, { channels: 16, chunkRows });
        expect(masks.map(({ mean }) => Math.round(mean / 16))).toEqual(points.map((_, row) => row + 1));
      }),
      { numRuns: 10 },
    );
  });

  test('gets them after a chunk and 96 points', () => {
    const mask = createRfiMask({ channels: CHANNELS, chunkRows: 50 });
    const counts = noisePoints(300).map((point) => mask.push(point).length);
    expect(counts.flatMap((count, row) => (count === 0 ? [] : [[row + 1, count]]))).toEqual([
      [146, 50],
      [196, 50],
      [246, 50],
      [296, 50],
    ]);
    expect(mask.finish()).toHaveLength(100);
  });

  test('has the same flags with small and with large chunks', () => {
    const points = noisePoints(400, 7);
    points.forEach(({ power }, row) => {
      if (row % 100 < 30) power[50] = 1.5 * (power[50] as number);
      power[90] = 1.2 * (power[90] as number);
    });
    const large = masksOf(points);
    const small = masksOf(points, { chunkRows: 80 });
    const differences = large.flatMap((mask, row) =>
      Array.from(
        { length: CHANNELS },
        (_, k) => isFlagged(mask, k) !== isFlagged(small[row] as PointMask, k),
      ),
    );
    expect(differences.filter(Boolean).length / differences.length).toBeLessThan(0.003);
    expect(large.filter((mask) => isFlagged(mask, 90)).length).toBeGreaterThan(390);
  });
});

// A carrier on 10 % of the time whose power is 6 dB above the noise of the channel, at 1,024
// channels and 2.4 MS/s in ten reads of 10 ms.
describe('a burst of 10 % duty, 6 dB above the noise', () => {
  const channel = createChannelNoise(11);
  const withBurst = (point: MaskInput): MaskInput => {
    const { mean, kurtosis } = channel({ transforms: 45, reads: 10, burst: { transforms: 4.5, power: 4 } });
    const power = point.power.slice();
    power[40] = mean;
    const values = new Float32Array(CHANNELS).fill(1);
    values[40] = kurtosis;
    return { ...point, power, kurtosis: values, transforms: 450 };
  };
  const found = (masks: readonly PointMask[], rows: readonly number[]) =>
    rows.filter((row) => isFlagged(masks[row] as PointMask, 40)).length / rows.length;

  test('is flagged in 99 % of the points of a scan', () => {
    const points = noisePoints(1_000, 5).map(withBurst);
    expect(found(masksOf(points), [...points.keys()])).toBeGreaterThanOrEqual(0.99);
  });

  test('is flagged in 99 % of the points if it is in single ones', () => {
    const points = noisePoints(2_000, 6).map((point, row) => (row % 4 === 2 ? withBurst(point) : point));
    const rows = [...points.keys()].filter((row) => row % 4 === 2);
    expect(found(masksOf(points), rows)).toBeGreaterThanOrEqual(0.99);
  });
});
