import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSampleTimes, type SampleTimes } from './sample-times.ts';

const RATE_HZ = 2_048_000;
const BLOCK = 8_192;
const BLOCK_MS = 4;

interface Link {
  times: SampleTimes;
  /**
   * The next block arrives this much after it was taken; returns how much too late its samples are
   * said to be taken, at most.
   */
  block(lateMs: number): number;
  /** A block is lost. */
  lose(): void;
  takenMs(): number;
}

/** Blocks one after the other; none overtakes another. */
function linkOf(queues: boolean): Link {
  const times = createSampleTimes(RATE_HZ, queues);
  let takenMs = 1_000;
  let arrivedMs = 0;
  return {
    times,
    block(lateMs) {
      arrivedMs = Math.max(arrivedMs, takenMs + BLOCK_MS + lateMs);
      const { firstMs } = times.arrived(BLOCK, arrivedMs);
      const error = firstMs - takenMs;
      takenMs += BLOCK_MS;
      return error;
    },
    lose: () => void (takenMs += BLOCK_MS),
    takenMs: () => takenMs,
  };
}

/** As a probe does: a command now shows in the next block. */
function measure(link: Link, lateMs: number): void {
  const { times } = link;
  times.measure();
  for (let k = 0; k < 30; k++) link.block(lateMs);
  const [askedMs, index] = [link.takenMs(), times.next];
  link.block(lateMs);
  times.measured(times.effectMs(index, askedMs));
}

describe('the times of samples that may wait in a queue', () => {
  test.each([200, 500, 900, 1_500, 3_000, 5_000])('over a link that is %d ms late are right', (lateMs) => {
    const link = linkOf(true);
    measure(link, lateMs);
    for (let k = 0; k < 500; k++) expect(Math.abs(link.block(lateMs))).toBeLessThan(1);
    expect(link.times.latenessMs).toBeCloseTo(lateMs, 0);
    expect(link.times.inDoubt).toBe(false);
  });

  test('are in doubt, and not too late, once a link gets later for good', () => {
    const link = linkOf(true);
    measure(link, 0);
    const errors = Array.from({ length: 200 }, () => link.block(1_500));
    expect(Math.max(...errors)).toBeLessThan(1);
    expect(link.times.inDoubt).toBe(true);
    measure(link, 1_500);
    expect(link.times.inDoubt).toBe(false);
    expect(Math.abs(link.block(1_500))).toBeLessThan(1);
  });

  test('are not too late while a queue drains', () => {
    const link = linkOf(true);
    measure(link, 900);
    const errors = Array.from({ length: 600 }, (_, k) => link.block(Math.max(0, 900 - 10 * k)));
    expect(Math.max(...errors)).toBeLessThan(1);
  });

  test('of lost samples are too early until the next measurement', () => {
    const link = linkOf(true);
    measure(link, 0);
    for (let k = 0; k < 20; k++) link.lose();
    for (let k = 0; k < 100; k++) expect(link.block(0)).toBeLessThan(1);
    expect(link.times.gapsMs).toBeCloseTo(80, 0);
    measure(link, 0);
    expect(link.times.latenessMs).toBe(0);
    expect(Math.abs(link.block(0))).toBeLessThan(1);
  });

  test('are never too late, whatever the link does', () => {
    const event = fc.oneof(
      fc.record({ lateMs: fc.integer({ min: 0, max: 5_000 }), blocks: fc.integer({ min: 1, max: 80 }) }),
      fc.record({ lost: fc.integer({ min: 1, max: 100 }) }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000 }),
        fc.array(event, { maxLength: 20 }),
        (firstMs, events) => {
          const link = linkOf(true);
          measure(link, firstMs);
          let lateMs = firstMs;
          for (const one of events) {
            if ('lost' in one) for (let k = 0; k < one.lost; k++) link.lose();
            else lateMs = one.lateMs;
            const blocks = 'lost' in one ? 40 : one.blocks;
            // Crystals and what a command takes: no sample of before a slew by more than this.
            for (let k = 0; k < blocks; k++) expect(link.block(lateMs)).toBeLessThan(12);
          }
        },
      ),
    );
  });
});

describe('the times of samples of our own process', () => {
  test('go on behind what was lost', () => {
    const link = linkOf(false);
    for (let k = 0; k < 50; k++) link.block(0);
    for (let k = 0; k < 20; k++) link.lose();
    for (let k = 0; k < 100; k++) link.block(0);
    expect(Math.abs(link.block(0))).toBeLessThan(1);
    expect(link.times.inDoubt).toBe(false);
  });
});
