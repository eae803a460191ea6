import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countDropped, createReadSplitter, samplesPerRead, type ReadLevels } from './reads.ts';

test('a read of 10 ms at 2.048 MS/s has 20,480 samples', () => {
  expect(samplesPerRead(10, 2_048_000)).toBe(20_480);
});

test('reads are consecutive without gaps and overlaps, for any block sizes', () => {
  const block = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(block, { maxLength: 30 }), (samples, blocks) => {
      const total = blocks.reduce((sum, length) => sum + length, 0);
      const stream = Uint8Array.from({ length: 2 * total }, (_, k) => (k * 37) % 256);
      const cut = createReadSplitter(samples, undefined);
      const reads: ReadLevels[] = [];
      let at = 0;
      for (const length of blocks) {
        reads.push(...cut.push(stream.subarray(2 * at, 2 * (at + length)), 100 + at));
        at += length;
      }
      const whole = createReadSplitter(samples, undefined).push(stream, 100);
      expect(reads).toEqual(whole);
      expect(reads.map(({ firstIndex }) => firstIndex)).toEqual(
        Array.from({ length: Math.floor(total / samples) }, (_, k) => 100 + k * samples),
      );
    }),
  );
});

test('a reset discards the read in progress', () => {
  const splitter = createReadSplitter(4, undefined);
  expect(splitter.push(new Uint8Array(6).fill(255), 0)).toEqual([]);
  splitter.reset();
  const [read] = splitter.push(new Uint8Array(8).fill(128), 50);
  expect(read).toMatchObject({ firstIndex: 50, clippedFraction: 0 });
});

test('missing samples are counted on the read that lacks them', () => {
  const reads = createReadSplitter(4, undefined).push(new Uint8Array(24).fill(128), 8);
  countDropped(reads, { index: 13, samples: 100 });
  countDropped(reads, { index: 2, samples: 1 });
  countDropped(reads, { index: 99, samples: 10 });
  expect(reads.map(({ droppedSamples }) => droppedSamples)).toEqual([1, 100, 10]);
});
