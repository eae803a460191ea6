import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../test/support/samples.ts';
import { DriftCheck, RateCheck, RateWatch, type RateVerdict } from './rate-check.ts';

const RATE_HZ = 2_048_000;
const BLOCK = 8_192;

/**
 * Feeds blocks at a rate, each delayed by `delayMs`, until there is a verdict or the time is over;
 * returns the verdict and its time.
 */
function verdictOf(
  check: { arrived(samples: number, atMs: number): RateVerdict },
  rateHz: number,
  untilMs: number,
  delayMs: (atMs: number) => number = () => 0,
): { verdict: RateVerdict; atMs: number } {
  let arrivedMs = 0;
  let verdict: RateVerdict = 'unknown yet';
  for (let block = 1; arrivedMs < untilMs; block++) {
    const dueMs = (block * BLOCK * 1000) / rateHz;
    arrivedMs = Math.max(arrivedMs, dueMs + delayMs(dueMs));
    verdict = check.arrived(BLOCK, arrivedMs);
    if (typeof verdict === 'object') break;
  }
  return { verdict, atMs: arrivedMs };
}

describe('the rate of a new connection', () => {
  test.each([3_000_000, 2_400_000, 1_800_000, 1_024_000, 250_000])(
    '%d samples per second are measured within a second',
    (rateHz) => {
      const { verdict, atMs } = verdictOf(new RateCheck(RATE_HZ), rateHz, 2_000);
      const measuredHz = typeof verdict === 'object' ? verdict.measuredHz : 0;
      expect(Math.abs(measuredHz / rateHz - 1)).toBeLessThan(0.05);
      expect(atMs).toBeLessThan(1_000);
    },
  );

  test.each([0, 5, 40])('the requested rate is right, with up to %d ms of jitter', (mostMs) => {
    const random = seededRandom(3);
    const { verdict } = verdictOf(new RateCheck(RATE_HZ), RATE_HZ, 1_000, () => mostMs * random());
    expect(verdict).toBe('right');
  });

  test('a pause of the process and the backlog after it do not count as another rate', () => {
    const stalled = (atMs: number) => (atMs < 300 ? 300 - atMs : 0);
    expect(verdictOf(new RateCheck(RATE_HZ), RATE_HZ, 2_000, stalled).verdict).toBe('right');
  });
});

describe('the rate of a running connection', () => {
  test.each([0.98, 0.99, 1.02])('%d of the rate is detected', (share) => {
    const random = seededRandom(5);
    const { verdict, atMs } = verdictOf(new DriftCheck(RATE_HZ), share * RATE_HZ, 10_000, () => 2 * random());
    const measuredHz = typeof verdict === 'object' ? verdict.measuredHz : 0;
    expect(Math.abs(measuredHz / RATE_HZ - share)).toBeLessThan(0.002);
    expect(atMs).toBeLessThan(5_000);
  });

  test.each<[string, (atMs: number) => number]>([
    ['a bad crystal', (atMs) => atMs * 200e-6],
    ['jitter', (atMs) => (atMs * 7_919) % 23],
    ['a pause of two seconds', (atMs) => (atMs > 3_000 && atMs < 5_000 ? 5_000 - atMs : 0)],
    ['occasional lost blocks', (atMs) => 40 * Math.floor(atMs / 1_700)],
  ])('%s does not count as another rate', (_, delayMs) => {
    expect(verdictOf(new DriftCheck(RATE_HZ), RATE_HZ, 12_000, delayMs).verdict).not.toHaveProperty(
      'measuredHz',
    );
  });
});

describe('the rate of the connections to a server', () => {
  test('a connection is right after one good window', () => {
    const watch = new RateWatch(RATE_HZ);
    expect(verdictOf(watch, RATE_HZ, 100).verdict).toBe('unknown yet');
    watch.connected();
    expect(verdictOf(watch, RATE_HZ, 1_000).verdict).toBe('right');
  });

  test('after a slightly wrong rate, the next connection is right only after an observation', () => {
    const watch = new RateWatch(RATE_HZ);
    expect(verdictOf(watch, 0.98 * RATE_HZ, 10_000).verdict).toHaveProperty('measuredHz');
    watch.connected();
    expect(verdictOf(watch, RATE_HZ, 1_000).verdict).toBe('unknown yet');
    watch.connected();
    expect(verdictOf(watch, RATE_HZ, 6_000).verdict).toBe('right');
    watch.connected();
    expect(verdictOf(watch, RATE_HZ, 1_000).verdict).toBe('right');
  });

  test('another rate does not make the next connection suspect', () => {
    const watch = new RateWatch(RATE_HZ);
    expect(verdictOf(watch, RATE_HZ / 2, 2_000).verdict).toHaveProperty('measuredHz');
    watch.connected();
    expect(verdictOf(watch, RATE_HZ, 1_000).verdict).toBe('right');
  });
});
