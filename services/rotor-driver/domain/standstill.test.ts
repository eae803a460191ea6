import { describe, expect, test } from 'vitest';
import { NO_STANDSTILL, observeStandstill } from './standstill.ts';

const axis = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const motion = { azimuth: axis, elevation: axis };

/** Milliseconds until a rotor, read every 30 ms, is seen to rest; undefined within ten seconds. */
function restsAfterMs(azimuthAt: (ms: number) => number, stepDeg = 0.01): number | undefined {
  let state = NO_STANDSTILL;
  for (let ms = 0; ms < 10_000; ms += 30) {
    const azimuthDeg = Math.round(azimuthAt(ms) / stepDeg) * stepDeg;
    const reading = { pointing: { azimuthDeg, elevationDeg: 0 }, atMs: ms };
    const { after, still } = observeStandstill(state, reading, stepDeg, motion);
    if (still) return ms;
    state = after;
  }
  return undefined;
}

describe('standstill', () => {
  test('a rotor that rests is seen to rest soon', () => {
    expect(restsAfterMs(() => 12.34)).toBe(120);
  });

  test('one that slows down is waited for', () => {
    expect(restsAfterMs((ms) => Math.min(3, ms / 200))).toBeGreaterThan(600);
  });

  test.each([0.01, 1])('one that moves is not at rest (step %d deg)', (stepDeg) => {
    expect(restsAfterMs((ms) => (6 * ms) / 1000, stepDeg)).toBeUndefined();
  });

  test('one with a noisy sensor is, after a while', () => {
    const noise = (ms: number) => 0.2 * Math.sin(ms * 1.3);
    expect(restsAfterMs((ms) => 50 + noise(ms))).toBeLessThan(3_000);
    expect(restsAfterMs((ms) => ms / 500 + noise(ms))).toBeUndefined();
  });
});
