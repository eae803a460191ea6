import { describe, expect, test } from 'vitest';
import { createFakeReceiver } from '../../test/support/fake-receiver.ts';
import type { ReadSettings } from './domain/settings.ts';
import { createSampler } from './engine/sampler.ts';

const SETTINGS: ReadSettings = {
  centerFrequencyHz: 100e6,
  bandwidthHz: 2_048_000,
  gainDb: 29.7,
  readMs: 10,
};

function createSamplerOfFake() {
  const receiver = createFakeReceiver({
    carriers: [],
    noiseDbfs: -40,
    dcLsb: { i: 0, q: 0 },
  });
  const options = { sampleRateHz: 2_048_000, guardMs: 0, correctionPpm: 0 };
  return { receiver, sampler: createSampler(receiver, receiver.clock, options) };
}

describe('the settings are sent again', () => {
  const never = new AbortController().signal;

  test('before a read without a start time, unless they were sent during the slew', async () => {
    const { receiver, sampler } = createSamplerOfFake();
    const beforeMs = receiver.clock.monotonicMs();
    await sampler.measure(SETTINGS, 1, never);
    expect(receiver.refreshes).toEqual([beforeMs - 1_000]);
  });

  test('before a second read at once, whenever they were sent before the first', async () => {
    const { receiver, sampler } = createSamplerOfFake();
    await sampler.measure(SETTINGS, 1, never);
    const afterFirstMs = receiver.clock.monotonicMs();
    await sampler.measure(SETTINGS, 1, never);
    expect(receiver.refreshes[1]).toBe(afterFirstMs);
  });

  test('before a start time far ahead', async () => {
    const { receiver, sampler } = createSamplerOfFake();
    await sampler.measure(SETTINGS, 1, never, receiver.clock.monotonicMs() + 200);
    expect(receiver.refreshes).toEqual([Infinity]);
  });

  test('after a stream, during the slew to the next row', async () => {
    const { receiver, sampler } = createSamplerOfFake();
    const ending = new AbortController();
    const stream = sampler.stream(SETTINGS, ending.signal)[Symbol.asyncIterator]();
    await stream.next();
    expect(receiver.refreshes).toEqual([]);
    await stream.return?.();
    expect(receiver.refreshes).toEqual([undefined]);
  });
});
