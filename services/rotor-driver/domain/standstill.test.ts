import { describe, expect, test } from 'vitest';
import { NO_STANDSTILL, observeStandstill } from './standstill.ts';

const axis = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const motion = { azimuth: axis, elevation: axis };

/**
 * Milliseconds until a standstill is detected at 30 ms per reading; undefined after ten seconds.
 */
function restsAfterMs(azimuthAt: (ms: number) => number, stepDeg = 0.01): number | undefined {
  let state = NO_STANDSTILL;
  for (let ms = 0; ms < 10_000; ms += 30) {
    const azimuthDeg = Math.round(azimuthAt(ms) / stepDeg) * stepDeg;
    const reading = { pointing: { azimuthDeg, elevationDeg: 0 }, atMs: ms };
    const { state: next, isStill } = observeStandstill(state, reading, stepDeg, motion);
    if (isStill) return ms;
    state = next;
  }
  return undefined;
}

describe('standstill', () => {
  test('is detected within 120 ms for a rotor that rests', () => {
    expect(restsAfterMs(() => 12.34)).toBe(120);
  });

  test('is not detected while the rotor slows down', () => {
    expect(restsAfterMs((ms) => Math.min(3, ms / 200))).toBeGreaterThan(600);
  });

  test.each([0.01, 1])('is not detected for a rotor that moves (step %d deg)', (stepDeg) => {
    expect(restsAfterMs((ms) => (6 * ms) / 1000, stepDeg)).toBeUndefined();
  });

  test('is detected within 3 s with a noisy sensor', () => {
    const noise = (ms: number) => 0.2 * Math.sin(ms * 1.3);
    expect(restsAfterMs((ms) => 50 + noise(ms))).toBeLessThan(3_000);
    expect(restsAfterMs((ms) => ms / 500 + noise(ms))).toBeUndefined();
  });
});
