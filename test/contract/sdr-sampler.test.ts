import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRawGrpcClient, type RawGrpcClient } from '../support/raw-grpc-client.ts';
import {
  startObservatory,
  startSampler,
  type TestObservatory,
  type TestSampler,
} from '../support/observatory.ts';

// Uses only the .proto file against the real service.

const settings = { centerFrequencyHz: 1.42e9, bandwidthHz: 2e6, gainDb: 29.7, readMs: 5, dbmOffsetDb: -67 };
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

async function firstRead(notBefore: { monotonicMs: number; clock: string }) {
  const { reads } = await sampler.client.measure({ settings, reads: 1, notBefore });
  const [read] = reads;
  if (!read) throw new Error('no read');
  return read;
}

describe('the SdrSampler gRPC API', () => {
  test('describes its receiver', async () => {
    const { tuner, gainsDb, sampleRateHz } = await client.call('describe', { settings });
    expect({ tuner, sampleRateHz }).toEqual({ tuner: 'R820T', sampleRateHz: 2_048_000 });
    expect(gainsDb).toHaveLength(29);
  });

  test('reports the gain that the tuner would use', async () => {
    expect(await client.call('describe', { settings: { ...settings, gainDb: 31 } })).toMatchObject({
      gainDb: 29.7,
    });
  });

  test('surveys all receivers, including unreachable ones', async () => {
    // A dongle serves one client.
    const other = await startObservatory();
    const several = await startSampler(other.rtlTcpPort, {
      RECEIVERS: `default=rtl_tcp://127.0.0.1:${other.rtlTcpPort}, roof=rtl_tcp://127.0.0.1:1`,
    });
    const { receivers } = await several.client.survey({});
    await several.close();
    await other.close();
    expect(receivers).toMatchObject([
      { name: 'default', tuner: { model: 'R820T', sampleRateHz: 2_048_000 } },
      { name: 'roof', trouble: expect.stringContaining('127.0.0.1:1') as string },
    ]);
    expect(receivers[0]?.tuner?.gainsDb).toHaveLength(29);
  });

  test('times its reads on the monotonic clock that it reports', async () => {
    expect(await client.call('describe', {})).toMatchObject({ timesReads: true });
    const { monotonicMs: before } = await sampler.client.readClock({});
    const times: number[] = [];
    for await (const { read } of sampler.client.streamReads({ settings })) {
      times.push(read?.monotonicMs ?? NaN);
      if (times.length === 20) break;
    }
    const { monotonicMs: after } = await sampler.client.readClock({});
    expect(times.every((ms) => ms > before && ms < after)).toBe(true);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('measures from a given time of its clock', async () => {
    const { monotonicMs, clock } = await sampler.client.readClock({});
    const { startedAtMs: anchorMs } = await firstRead({ monotonicMs: monotonicMs + 200, clock });
    // Compares the read's Unix time with that time: both clocks run in one process. The answer may
    // take long: the clock was read after this moment.
    const beforeMs = Date.now();
    const now = await sampler.client.readClock({});
    const unixMs = beforeMs - now.monotonicMs + monotonicMs + 200;
    expect(now.monotonicMs).toBeGreaterThan(monotonicMs + 200);
    expect(anchorMs).toBeGreaterThan(unixMs - 50);
  });

  test('refuses a time from before a restart and one far ahead', async () => {
    const { monotonicMs, clock } = await sampler.client.readClock({});
    await expect(firstRead({ monotonicMs, clock: 'another' })).rejects.toThrow(/before a restart/);
    await expect(firstRead({ monotonicMs: monotonicMs + 60_000, clock })).rejects.toThrow(/at most 10000 ms/);
    await expect(firstRead({ monotonicMs: NaN, clock })).rejects.toThrow(/at most 10000 ms/);
  });

  test('describes its receiver also without settings', async () => {
    expect(await client.call('describe', {})).toMatchObject({ tuner: 'R820T' });
  });

  test('measures a level', async () => {
    const { reads, gainDb } = await client.call('measure', { settings, reads: 4 });
    expect(gainDb).toBe(29.7);
    expect(reads).toHaveLength(4);
    for (const read of reads as Record<string, number>[]) {
      expect(read).toMatchObject({ clippedFraction: 0, droppedSamples: 0 });
      expect(read['levelDb']).toBeGreaterThan(-105);
      expect(read['levelDb']).toBeLessThan(-70);
      expect(read['rmsLsb']).toBeGreaterThan(1);
      expect(Math.abs((read['startedAtMs'] ?? 0) - Date.now())).toBeLessThan(60_000);
    }
  });

  test.each([
    ['no settings', { reads: 1 }, 'invalid', 'receiver is missing'],
    ['no reads', { settings }, 'invalid', 'reads 0 must be at least 1'],
    ['too many reads', { settings, reads: 1_001 }, 'out_of_range', 'reads 1001 is above 1000'],
    [
      'no read time',
      { settings: { ...settings, readMs: 0 }, reads: 1 },
      'invalid',
      'receiver.read_ms 0 must be greater than 0',
    ],
    [
      'a negative read time',
      { settings: { ...settings, readMs: -10 }, reads: 1 },
      'invalid',
      'receiver.read_ms -10 must be greater than 0',
    ],
    [
      'a gain that is not a number',
      { settings: { ...settings, gainDb: NaN }, reads: 1 },
      'invalid',
      'receiver.gain_db NaN must be a finite number',
    ],
    [
      'a read too short',
      { settings: { ...settings, readMs: 0.001 }, reads: 1 },
      'out_of_range',
      'read time 0.001 ms holds 2 samples at 2048000 Hz; at least 16 are needed',
    ],
    [
      'a bandwidth above the rate',
      { settings: { ...settings, bandwidthHz: 3e6 }, reads: 1 },
      'out_of_range',
      'bandwidth 3000000 Hz is above the sample rate of 2048000 Hz',
    ],
    [
      'a frequency below the tuner',
      { settings: { ...settings, centerFrequencyHz: 23e6 }, reads: 1 },
      'out_of_range',
      'center frequency 23000000 Hz is outside 24000000..1766000000 Hz of the R820T tuner',
    ],
    [
      'a frequency above the tuner',
      { settings: { ...settings, centerFrequencyHz: 10e9 }, reads: 1 },
      'out_of_range',
      'center frequency 10000000000 Hz is outside 24000000..1766000000 Hz of the R820T tuner',
    ],
  ])('refuses %s', async (_, request, kind, message) => {
    expect(await client.refusal('measure', request)).toEqual({ kind, message });
  });
});
