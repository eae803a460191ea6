import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StreamReadsResponse } from '#proto/sdr_sampler';
import { connectRawGrpcClient, type RawGrpcClient } from '../support/raw-grpc-client.ts';
import {
  startObservatory,
  startSampler,
  type TestObservatory,
  type TestSampler,
} from '../support/observatory.ts';
import { until } from '../support/until.ts';

// Uses only the .proto file against the real service, except for streams, which the generated
// client can end.

const RATE_HZ = 2_048_000;
const settings = { centerFrequencyHz: 1.42e9, bandwidthHz: 200_000, gainDb: 29.7, readMs: 5 };
let observatory: TestObservatory;
let sampler: TestSampler;
let client: RawGrpcClient;

beforeAll(async () => {
  observatory = await startObservatory();
  sampler = await startSampler(observatory.rtlTcpPort);
  client = await connectRawGrpcClient('sdr_sampler.proto', 'SdrSampler', sampler.port);
});

afterAll(async () => {
  client.close();
  await sampler.close();
  await observatory.close();
});

type StreamRequest = Parameters<TestSampler['client']['streamReads']>[0];

interface Band {
  firstChannelHz: number;
  channelHz: number;
  flags: Buffer;
}

/** 32-bit floats, little endian. */
function floats(bytes: unknown): number[] {
  const buffer = bytes as Buffer;
  return Array.from({ length: buffer.length / 4 }, (_, k) => buffer.readFloatLE(4 * k));
}

/** The first message of a stream that then ends. On a busy host, samples may be late at first. */
function firstOfStream(request: StreamRequest): Promise<StreamReadsResponse> {
  return until('the stream delivers a read', async () => {
    for await (const message of sampler.client.streamReads(request)) return message;
    return undefined;
  });
}

const db = (powers: number[]) => 10 * Math.log10(powers.reduce((sum, power) => sum + power, 0));
const linear = (levelsDb: number[]) => levelsDb.map((level) => 10 ** (level / 10));

async function measured(request: object) {
  const { spectrum, reads } = await client.call('measure', request);
  const { band, ...lists } = spectrum as Record<string, unknown> & { band: Band };
  const levelsDb = (reads as { levelDb: number }[]).map((read) => read.levelDb);
  return { band, lists, levelDb: db(linear(levelsDb)) - 10 * Math.log10(levelsDb.length) };
}

describe('a spectrum in the SdrSampler API', () => {
  test('is absent unless it is requested', async () => {
    expect(await client.call('measure', { settings, reads: 1 })).toMatchObject({ spectrum: null });
    expect((await firstOfStream({ settings })).spectrum).toBeUndefined();
  });

  test('has 1,024 channels by default, all statistics of each, and the level of the reads', async () => {
    const { band, lists, levelDb } = await measured({ settings, reads: 4, spectrum: {} });
    expect(band.channelHz).toBe(RATE_HZ / 1_024);
    expect(band.flags).toHaveLength(1_024);
    const [mean, median, min, max, kurtosis, occupancy] = [
      'meanDb',
      'medianDb',
      'minDb',
      'maxDb',
      'kurtosis',
      'occupancy',
    ].map((name) => floats(lists[name])) as [number[], number[], number[], number[], number[], number[]];
    for (const list of [mean, median, min, max, kurtosis, occupancy]) expect(list).toHaveLength(1_024);
    for (const [k, level] of mean.entries()) {
      expect(min[k]).toBeLessThan(level);
      expect(max[k]).toBeGreaterThan(level);
      expect(Math.abs((median[k] as number) - level)).toBeLessThan(6);
      expect(kurtosis[k]).toBeGreaterThan(-0.1);
      expect([0, 0.25, 0.5, 0.75, 1]).toContain(occupancy[k]);
    }
    // 4 reads of 10,240 samples, half-overlapping transforms within each.
    expect(lists['transforms']).toBe(4 * 19);
    expect(lists['independentTransforms']).toBeCloseTo(4 * (19 / (1 + 18 / 19 / 18)), 6);
    const inside = mean.filter(
      (_, k) => Math.abs(band.firstChannelHz + k * band.channelHz - settings.centerFrequencyHz) <= 100_000,
    );
    expect(Math.abs(db(linear(inside)) - levelDb)).toBeLessThan(0.1);
    expect(lists['floorDb']).toBeLessThan(Math.max(...mean));
  });

  test('has levels in dBm with an offset', async () => {
    const calibrated = { ...settings, dbmOffsetDb: -67 };
    const { band, lists, levelDb } = await measured({
      settings: calibrated,
      reads: 2,
      spectrum: { channels: 1_024 },
    });
    const inside = floats(lists['meanDb']).filter(
      (_, k) => Math.abs(band.firstChannelHz + k * band.channelHz - settings.centerFrequencyHz) <= 100_000,
    );
    expect(Math.abs(db(linear(inside)) - levelDb)).toBeLessThan(0.1);
    expect(await firstOfStream({ settings: calibrated, spectrum: {} })).toMatchObject({
      spectrum: { fullScaleDb: -67 },
    });
  });

  test('flags the channels at the tuner frequency and at the edges of the band', async () => {
    const { band } = await measured({ settings, reads: 1, spectrum: {} });
    // CHANNEL_FLAG_DC is 1, CHANNEL_FLAG_BAND_EDGE is 2.
    const flagged = (bit: number) =>
      [...band.flags.keys()].filter((k) => ((band.flags[k] as number) & bit) !== 0);
    expect(flagged(1)).toEqual([511, 512, 513]);
    expect(flagged(2).length / 1_024).toBeCloseTo(0.08, 2);
    const tunerHz = band.firstChannelHz + 512 * band.channelHz;
    expect(Math.abs(tunerHz - settings.centerFrequencyHz)).toBeGreaterThan(100_000);
  });

  test('comes with every read of a stream as sums', async () => {
    const { read, spectrum } = await firstOfStream({ settings, spectrum: { channels: 256 } });
    if (!read || !spectrum?.band) throw new Error('no spectrum');
    const [powerSum, squareSum, minPower, maxPower] = [
      floats(spectrum.powerSum),
      floats(spectrum.squareSum),
      floats(spectrum.minPower),
      floats(spectrum.maxPower),
    ] as const;
    expect(spectrum.transforms).toBe(79);
    for (const list of [powerSum, squareSum, minPower, maxPower]) expect(list).toHaveLength(256);
    for (const [k, sum] of powerSum.entries()) {
      const mean = sum / spectrum.transforms;
      expect(minPower[k]).toBeLessThan(mean);
      expect(maxPower[k]).toBeGreaterThan(mean);
      expect(squareSum[k]).toBeGreaterThan(0.99 * mean ** 2 * spectrum.transforms);
    }
    const { firstChannelHz, channelHz } = spectrum.band;
    const inside = powerSum.filter(
      (_, k) => Math.abs(firstChannelHz + k * channelHz - settings.centerFrequencyHz) <= 100_000,
    );
    expect(Math.abs(db(inside) - 10 * Math.log10(spectrum.transforms) - read.levelDb)).toBeLessThan(0.5);
  });

  test.each([
    [32, {}, 'out_of_range', 'spectrum.channels 32 is outside 64..4096 channels, powers of two'],
    [8_192, {}, 'out_of_range', 'spectrum.channels 8192 is outside 64..4096 channels, powers of two'],
    [
      1_000,
      {},
      'invalid',
      'spectrum.channels 1000 must be a power of two in 64..4096 channels; the nearest are 512 and 1024',
    ],
    [
      4_096,
      { readMs: 1 },
      'out_of_range',
      'read time 1 ms is too short for a spectrum of 4096 channels: at least 2 ms',
    ],
    [64, {}, 'out_of_range', 'bandwidth 200000 Hz is below 256000 Hz, 8 of the 64 channels of the spectrum'],
  ])('of %d channels with %j is refused by every call', async (channels, change, kind, message) => {
    const request = { settings: { ...settings, ...change }, spectrum: { channels } };
    expect(await client.refusal('measure', { ...request, reads: 1 })).toMatchObject({ kind, message });
    expect(await client.refusal('describe', request)).toMatchObject({ kind, message });
    expect(await client.refusal('streamReads', request)).toMatchObject({ kind, message });
  });
});
