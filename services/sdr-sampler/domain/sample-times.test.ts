import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SampleTimes } from './sample-times.ts';

const RATE_HZ = 2_048_000;
const BLOCK = 8_192;
const BLOCK_MS = 4;

interface Link {
  times: SampleTimes;
  /**
   * The next block arrives `lateMs` after it was taken; returns by how much the times of its
   * samples are too late, at most.
   */
  block(lateMs: number): number;
  /** Loses a block. */
  lose(): void;
  takenMs(): number;
}

/** Sends blocks in order. */
function linkOf(queues: boolean): Link {
  const times = new SampleTimes(RATE_HZ, queues);
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

/** Like a probe: a command shows in the next block. */
function measure(link: Link, lateMs: number): void {
  const { times } = link;
  times.measure();
  for (let k = 0; k < 30; k++) link.block(lateMs);
  const [askedMs, index] = [link.takenMs(), times.next];
  link.block(lateMs);
  times.measured(times.effectMs(index, askedMs));
}

describe('the times of samples that may be queued', () => {
  test.each([200, 500, 900, 1_500, 3_000, 5_000])('over a link with a delay of %d ms are right', (lateMs) => {
    const link = linkOf(true);
    measure(link, lateMs);
    for (let k = 0; k < 500; k++) expect(Math.abs(link.block(lateMs))).toBeLessThan(1);
    expect(link.times.latenessMs).toBeCloseTo(lateMs, 0);
    expect(link.times.inDoubt).toBe(false);
  });

  test('are in doubt, and not too late, once a link becomes permanently later', () => {
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
            // Allowance for crystals and the delay of a command.
            for (let k = 0; k < blocks; k++) expect(link.block(lateMs)).toBeLessThan(12);
          }
        },
      ),
    );
  });
});

describe('the times of samples from a child process', () => {
  test('continue after a loss', () => {
    const link = linkOf(false);
    for (let k = 0; k < 50; k++) link.block(0);
    for (let k = 0; k < 20; k++) link.lose();
    for (let k = 0; k < 100; k++) link.block(0);
    expect(Math.abs(link.block(0))).toBeLessThan(1);
    expect(link.times.inDoubt).toBe(false);
  });
});
