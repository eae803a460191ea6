import { describe, expect, test } from 'vitest';
import { createFakeReceiver, type FakeReceiver } from '../../test/support/fake-receiver.ts';
import type { TimedRead } from './engine/collect.ts';
import { createSampler } from './engine/sampler.ts';

const CENTRE_HZ = 1.42e9;
const never = new AbortController().signal;
const NOISE_DBFS = -40;

function receiverWith(carriers: { besideHz: number; dbfs: number }[], bandsHz?: [number, number][]) {
  const at = carriers.map(({ besideHz, dbfs }) => ({ hz: CENTRE_HZ + besideHz, dbfs }));
  return createFakeReceiver({ carriers: at, noiseDbfs: NOISE_DBFS, dcLsb: { i: 1.5, q: -0.8 } }, bandsHz);
}

function samplerOf(receiver: FakeReceiver) {
  const sampler = createSampler(receiver, receiver.clock, {
    sampleRateHz: 2_048_000,
    guardMs: 2,
    correctionPpm: 0,
  });
  return async (bandwidthHz: number, reads = 3) => {
    const settings = { centerFrequencyHz: CENTRE_HZ, bandwidthHz, gainDb: 29.7, readMs: 10 };
    return (await sampler.measure(settings, reads, never)).reads;
  };
}

const levelDbfs = (reads: readonly TimedRead[]) =>
  10 * Math.log10(reads.reduce((sum, read) => sum + read.fullScalePower, 0) / reads.length);
// Narrow noise varies more: 0.04 dB for a carrier 10 dB above it in 120 ms of 20 kHz.
const readsFor = (bandwidthHz: number) => (bandwidthHz < 80_000 ? 12 : 3);
const doubts = (reads: readonly TimedRead[]) => reads.filter((read) => read.dcInDoubt).length;

const BANDWIDTHS_HZ = [20_000, 80_000, 200_000, 1_000_000, 2_000_000];

describe.each(BANDWIDTHS_HZ)('a carrier in %d Hz of bandwidth', (bandwidthHz) => {
  // Two bins of the FFT: with reads of 10 ms they are 500 Hz wide, or the bandwidth / 128.
  const edgeHz = bandwidthHz / 2 - Math.max(1_000, bandwidthHz / 64);
  const inside = [0, 50, 2_000, -12_000, edgeHz, -edgeHz];
  // The preferred tuner frequency of a channel that is too wide to fit beside it.
  const onTheTuner = bandwidthHz > 900_000 ? [-442_080, -20_000, 20_000] : [];
  test.each([...inside, ...onTheTuner].filter((hz) => Math.abs(hz) < bandwidthHz / 2))(
    '%d Hz off its centre has its level within 0.2 dB',
    async (besideHz) => {
      const noise = 10 ** (NOISE_DBFS / 10) * (bandwidthHz / 2_048_000);
      for (const dbfs of [10 * Math.log10(noise) + 10, -10, -3]) {
        const reads = await samplerOf(receiverWith([{ besideHz, dbfs }]))(bandwidthHz, readsFor(bandwidthHz));
        const expected = 10 * Math.log10(10 ** (dbfs / 10) + noise);
        expect(Math.abs(levelDbfs(reads) - expected)).toBeLessThan(0.2);
        expect(doubts(reads)).toBe(0);
      }
    },
  );
});

test.each(BANDWIDTHS_HZ)('a channel of %d Hz is tuned once, not for every point', async (bandwidthHz) => {
  const receiver = receiverWith([]);
  const measure = samplerOf(receiver);
  await measure(bandwidthHz);
  await measure(bandwidthHz);
  const tunings = receiver.tunings.length;
  // The two tunings of a wide channel are compared first, to measure the DC offset.
  expect(tunings).toBeLessThanOrEqual(bandwidthHz > 900_000 ? 3 : 1);
  for (let point = 0; point < 5; point++) await measure(bandwidthHz);
  expect(receiver.tunings).toHaveLength(tunings);
});

test('rotors that share a receiver keep the DC offsets of their channels', async () => {
  const receiver = receiverWith([]);
  const measure = samplerOf(receiver);
  for (let round = 0; round < 2; round++) for (const hz of [1e6, 2e6]) await measure(hz);
  const before = receiver.tunings.length;
  for (const hz of [1e6, 2e6]) await measure(hz);
  expect(receiver.tunings.length - before).toBe(2);
});

test('a carrier that appears later at the tuner frequency is measured in full', async () => {
  const receiver = receiverWith([]);
  const measure = samplerOf(receiver);
  await measure(2e6);
  const tunedHz = receiver.tunings.at(-1)?.centerFrequencyHz ?? NaN;
  receiver.signals = { ...receiver.signals, carriers: [{ hz: tunedHz, dbfs: -20 }] };
  for (let point = 0; point < 3; point++) {
    const reads = await measure(2e6);
    expect(Math.abs(levelDbfs(reads) + 20)).toBeLessThan(0.2);
    expect(doubts(reads)).toBe(0);
  }
});

test('a carrier at the tuner frequency that shows at only one tuning is flagged', async () => {
  // The alternative, 40 kHz higher, is outside this tuner's band.
  const bandsHz: [number, number][] = [[24e6, CENTRE_HZ]];
  const reads = await samplerOf(receiverWith([{ besideHz: -20_000, dbfs: -20 }], bandsHz))(2e6);
  expect(doubts(reads)).toBe(reads.length);
});

test('a carrier keyed on and off at the tuner frequency is flagged, and measured in full once it stays', async () => {
  const receiver = receiverWith([]);
  const measure = samplerOf(receiver);
  const carrier = { hz: CENTRE_HZ - 20_000, dbfs: -20 };
  const silent = receiver.signals;
  const retune = receiver.tune.bind(receiver);
  // On at the first tuning, off at every other.
  let keyed = true;
  receiver.tune = (tuning, signal) => {
    if (keyed)
      receiver.signals = { ...silent, carriers: tuning.centerFrequencyHz === carrier.hz ? [carrier] : [] };
    return retune(tuning, signal);
  };
  for (let point = 0; point < 3; point++) {
    const reads = await measure(2e6);
    expect(Math.abs(levelDbfs(reads) + 20) < 0.2 || doubts(reads) === reads.length).toBe(true);
  }
  keyed = false;
  receiver.signals = { ...silent, carriers: [carrier] };
  const reads = await measure(2e6);
  expect(Math.abs(levelDbfs(reads) + 20)).toBeLessThan(0.2);
  expect(doubts(reads)).toBe(0);
});

test('a stream of a wide channel counts a carrier at the tuner frequency, or flags it', async () => {
  const receiver = receiverWith([{ besideHz: -20_000, dbfs: -20 }]);
  const sampler = createSampler(receiver, receiver.clock, {
    sampleRateHz: 2_048_000,
    guardMs: 2,
    correctionPpm: 0,
  });
  const settings = { centerFrequencyHz: CENTRE_HZ, bandwidthHz: 2e6, gainDb: 29.7, readMs: 10 };
  const reads: TimedRead[] = [];
  for await (const read of sampler.stream(settings, never)) if (reads.push(read) === 5) break;
  expect(Math.abs(levelDbfs(reads) + 20)).toBeLessThan(0.2);
  expect(doubts(reads)).toBe(0);
});
