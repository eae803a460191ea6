import { expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { createFakeReceiver, type FakeReceiver } from '../../test/support/fake-receiver.ts';
import type { SampleListener } from './engine/receiver.ts';
import { createSampler } from './engine/sampler.ts';

const RATE_HZ = 2_048_000;
const SETTINGS = { centerFrequencyHz: 100e6, bandwidthHz: 200e3, gainDb: 31 };
const never = new AbortController().signal;

/** A receiver whose samples are their indices: 0, 1, 2 ... in 16 bits. */
function createCountingReceiver(): FakeReceiver {
  const receiver = createFakeReceiver({ carriers: [], noiseDbfs: -40, dcLsb: { i: 0, q: 0 } });
  return hearing(receiver, (listener) => ({
    ...listener,
    onSamples(block) {
      const counted = Uint16Array.from({ length: block.iq.length / 2 }, (_, k) => block.firstIndex + k);
      listener.onSamples({ ...block, iq: new Uint8Array(counted.buffer) });
    },
  }));
}

function hearing(receiver: FakeReceiver, change: (listener: SampleListener) => SampleListener): FakeReceiver {
  const listen = receiver.listen.bind(receiver);
  receiver.listen = (listener) => listen(change(listener));
  return receiver;
}

/** Calls back after the third block of a recording. */
function afterThirdBlock(
  receiver: FakeReceiver,
  then: (listener: SampleListener, nextIndex: number) => void,
) {
  return hearing(receiver, (listener) => {
    let blocks = 0;
    return {
      ...listener,
      onSamples(block) {
        listener.onSamples(block);
        if (++blocks === 3) then(listener, block.firstIndex + block.iq.length / 2);
      },
    };
  });
}

function samplerOf(receiver: FakeReceiver) {
  return createSampler(receiver, receiver.clock, { sampleRateHz: RATE_HZ, guardMs: 2, correctionPpm: 0 });
}

/** Whether every sample follows the previous one; `first` has index `firstIndex` modulo 65,536. */
function isConsecutive(iq: Uint8Array): boolean {
  const values = new Uint16Array(iq.buffer, iq.byteOffset, iq.length / 2);
  return values.every((value, k) => value === (((values[0] ?? 0) + k) & 0xffff));
}

test('a recording has consecutive samples taken after the call and after the receiver has settled', async () => {
  const receiver = createCountingReceiver();
  const askedMs = receiver.clock.monotonicMs();
  const { iq, startedMs, tuning, facts } = await samplerOf(receiver).record(SETTINGS, 100, never);
  expect(iq.length).toBe(2 * 204_800);
  expect(isConsecutive(iq)).toBe(true);
  expect(startedMs).toBeGreaterThanOrEqual(Math.max(askedMs + 2, receiver.settledMs));
  expect(new Uint16Array(iq.buffer)[0]).toBe(Math.round((startedMs * RATE_HZ) / 1000) & 0xffff);
  expect(facts.tuner).toBe('R820T');
  expect(receiver.tunings).toEqual([tuning]);
});

test('a recording has the tuning of a measurement: the channel beside the tuner, its nearest gain', async () => {
  const receiver = createCountingReceiver();
  const sampler = samplerOf(receiver);
  const { tuning } = await sampler.record(SETTINGS, 1, never);
  expect(tuning).toMatchObject({ centerFrequencyHz: 100e6 - RATE_HZ / 4, gainDb: 29.7, biasTee: false });
  await sampler.measure({ ...SETTINGS, readMs: 10 }, 1, never);
  expect(receiver.tunings).toEqual([tuning]);
});

test('a recording starts again when the receiver is lost meanwhile', async () => {
  const receiver = afterThirdBlock(createCountingReceiver(), (listener) =>
    listener.onLost(new SkyScanError('unavailable', 'gone')),
  );
  const { iq } = await samplerOf(receiver).record(SETTINGS, 50, never);
  expect(iq.length).toBe(2 * 102_400);
  expect(isConsecutive(iq)).toBe(true);
});

test('a recording fails when samples are missing in it, unless they were late', async () => {
  const withGap = () =>
    afterThirdBlock(createCountingReceiver(), (listener, index) =>
      listener.onGap({ index, samples: 131_072 }),
    );
  await expect(samplerOf(withGap()).record(SETTINGS, 100, never)).rejects.toThrow(
    expect.objectContaining({
      kind: 'unavailable',
      message: expect.stringContaining('131072 samples of the recording are missing') as string,
    }) as Error,
  );
  const late = withGap();
  late.gapsAreLosses = () => Promise.resolve(false);
  expect(isConsecutive((await samplerOf(late).record(SETTINGS, 100, never)).iq)).toBe(true);
});

test('a recording fails when its last samples stay late', async () => {
  const receiver = createCountingReceiver();
  Object.defineProperty(receiver, 'late', { value: true });
  await expect(samplerOf(receiver).record(SETTINGS, 10, never)).rejects.toThrow(/some may be missing/);
});

test('a recording is refused during a stream, and ends with its caller', async () => {
  const receiver = createCountingReceiver();
  const sampler = samplerOf(receiver);
  const stream = sampler.stream({ ...SETTINGS, readMs: 10 }, never)[Symbol.asyncIterator]();
  await stream.next();
  await expect(sampler.record(SETTINGS, 10, never)).rejects.toThrow(/the receiver streams at/);
  await stream.return?.();
  const caller = new AbortController();
  const recording = sampler.record(SETTINGS, 4_000, caller.signal);
  caller.abort();
  await expect(recording).rejects.toThrow(/aborted/);
  expect((await sampler.record(SETTINGS, 1, never)).iq.length).toBe(2 * 2_048);
});

test.each([
  [{}, 5_000, 'duration_ms 5000 is 19.53 MiB at 2048000 Hz; at most 16 MiB, which is 4096 ms'],
  [{ bandwidthHz: 3e6 }, 10, 'bandwidth 3000000 Hz is above the sample rate of 2048000 Hz'],
  [{ centerFrequencyHz: 5e9 }, 10, 'center frequency 5000000000 Hz is outside 24000000..1766000000 Hz'],
])('a recording with %j for %d ms is refused', async (change, durationMs, message) => {
  const recording = samplerOf(createCountingReceiver()).record({ ...SETTINGS, ...change }, durationMs, never);
  await expect(recording).rejects.toThrow(message);
});
