import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SampleClock, type Gap } from './sample-clock.ts';

const RATE_HZ = 2_048_000;
const BLOCK = 8_192;
const BLOCK_MS = 4;

/** Feeds consecutive blocks from `start` that arrive `delayMs(block)` after their last sample. */
function feed(clock: SampleClock, blocks: number, start: number, delayMs: (block: number) => number): Gap[] {
  const gaps: Gap[] = [];
  let arrivedMs = 0;
  for (let block = 0; block < blocks; block++) {
    arrivedMs = Math.max(arrivedMs, 1_000 + (start + block + 1) * BLOCK_MS + delayMs(block));
    const gap = clock.arrived(BLOCK, arrivedMs);
    if (gap) gaps.push(gap);
  }
  return gaps;
}

describe('the sample clock', () => {
  test('returns when a sample was taken', () => {
    const clock = new SampleClock(RATE_HZ);
    feed(clock, 10, 0, () => 0);
    expect(clock.timeOf(0)).toBeCloseTo(1_000, 1);
    expect(clock.timeOf(5 * BLOCK)).toBeCloseTo(1_020, 1);
  });

  test('is not affected by late samples or a pause of the process', () => {
    const clock = new SampleClock(RATE_HZ);
    feed(clock, 50, 0, () => 0);
    const gaps = feed(clock, 200, 50, (block) => (block === 20 ? 500 : block % 7));
    expect(gaps).toEqual([]);
    expect(clock.timeOf(100 * BLOCK)).toBeCloseTo(1_400, 0);
    expect(clock.late).toBe(false);
  });

  test('counts missing samples and locates them', () => {
    const clock = new SampleClock(RATE_HZ);
    feed(clock, 50, 0, () => 0);
    // Ten blocks are lost.
    const gaps = feed(clock, 60, 60, () => 0);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.index).toBe(50 * BLOCK);
    expect(Math.abs((gaps[0]?.samples ?? 0) - 10 * BLOCK)).toBeLessThan(0.01 * 10 * BLOCK);
    expect(clock.timeOf(clock.next)).toBeCloseTo(1_000 + 120 * BLOCK_MS, 0);
  });

  test('detects one missing block of 16 KiB', () => {
    const clock = new SampleClock(RATE_HZ);
    feed(clock, 50, 0, () => 0.3);
    expect(feed(clock, 600, 51, (block) => (block % 3) * 0.3)).toHaveLength(1);
  });

  test('does not report a loss on a host that is busy for a second, however constant its delay', () => {
    const clock = new SampleClock(RATE_HZ);
    feed(clock, 50, 0, () => 0);
    expect(feed(clock, 400, 50, (block) => (block < 300 ? 8 : 0))).toEqual([]);
  });

  test('needs more than two 64 ms blocks with the same lateness', () => {
    const clock = new SampleClock(RATE_HZ);
    const block64 = (k: number, lateMs: number) => clock.arrived(16 * BLOCK, 1_000 + 64 * k + lateMs);
    for (let k = 1; k <= 10; k++) block64(k, 0);
    expect([11, 12].map((k) => block64(k, 30))).toEqual([undefined, undefined]);
    block64(13, 0);
    expect(clock.late).toBe(false);
  });

  test('reports the lateness of all samples before it knows the cause', () => {
    const clock = new SampleClock(RATE_HZ);
    feed(clock, 50, 0, () => 0);
    expect(feed(clock, 300, 50, () => 19)).toEqual([]);
    expect(clock.behindMs).toBeGreaterThan(10);
    clock.restart();
    feed(clock, 1, 350, () => 19);
    expect(clock.behindMs).toBe(0);
  });

  test('is in doubt until the cause is known', () => {
    const clock = new SampleClock(RATE_HZ);
    feed(clock, 50, 0, () => 0);
    feed(clock, 2, 60, () => 0);
    expect(clock.late).toBe(true);
    feed(clock, 40, 62, () => 0);
    expect(clock.late).toBe(false);
  });

  test('follows a crystal that is slow by 100 ppm without a loss', () => {
    const clock = new SampleClock(RATE_HZ);
    expect(feed(clock, 30_000, 0, (block) => block * BLOCK_MS * 100e-6)).toEqual([]);
  });

  test('never reports jitter as a loss', () => {
    const jitter = fc.array(fc.double({ min: 0, max: 25, noNaN: true }), { minLength: 50, maxLength: 300 });
    fc.assert(
      fc.property(jitter, (delays) => {
        const clock = new SampleClock(RATE_HZ);
        feed(clock, 20, 0, () => 0);
        // Every tenth block is on time: a machine that is always late looks the same as lost
        // samples.
        const inTimeAfterMs = (block: number) => ((10 - (block % 10)) % 10) * BLOCK_MS;
        const gaps = feed(clock, delays.length, 20, (block) =>
          Math.min(delays[block] ?? 0, inTimeAfterMs(block)),
        );
        expect(gaps).toEqual([]);
      }),
    );
  });
});
