import { describe, expect, test } from 'vitest';
import { noiseIq, seededRandom } from '../../../test/support/samples.ts';
import { createGainReturn } from './gain-return.ts';

const RATE_HZ = 128_000;
const BLOCK_MS = 4;
const HIGH = 40;
const SENT_MS = 1_000;
const random = seededRandom(5);

/** When valid samples start; `sigma`: amplitude of samples taken at a time. */
function returnOf(sigma: (ms: number) => number, fromMs = SENT_MS - 500): number | undefined {
  const watch = createGainReturn({
    sampleRateHz: RATE_HZ,
    highSquareLsb: 2 * HIGH ** 2,
    sentMs: SENT_MS,
    lastingMs: 50,
  });
  for (let ms = fromMs; ms < SENT_MS + 5_000; ms += BLOCK_MS) {
    const found = watch.push(noiseIq((RATE_HZ * BLOCK_MS) / 1000, sigma(ms), random), ms);
    if (found !== undefined) return found;
  }
  return undefined;
}

describe('samples are valid', () => {
  test.each([5, 240, 900])('once the gain has returned, %d ms after it was sent', (afterMs) => {
    const returned = returnOf((ms) => (ms < SENT_MS + afterMs ? HIGH : HIGH / 10));
    expect((returned ?? 0) - SENT_MS).toBeGreaterThan(afterMs - 5);
    expect((returned ?? 0) - SENT_MS).toBeLessThan(afterMs + 15);
  });

  test('not from a low phase of the measurement on', () => {
    const isLow = (ms: number) =>
      ms < SENT_MS - 20 || (ms > SENT_MS && ms < SENT_MS + 40) || ms > SENT_MS + 400;
    expect((returnOf((ms) => (isLow(ms) ? 2 : HIGH)) ?? 0) - SENT_MS).toBeGreaterThan(395);
  });

  test('after two seconds if the signal hides the change of gain', () => {
    const returned = returnOf(() => HIGH);
    expect((returned ?? 0) - SENT_MS).toBeGreaterThan(2_000);
    expect((returned ?? 0) - SENT_MS).toBeLessThan(2_020);
  });
});
