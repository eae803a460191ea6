import { describe, expect, test } from 'vitest';
import { observe, startTrack } from './arrival.ts';
import { expectedLatenessMs, learnLateness, nextPollMs, nextSettlePollMs } from './poll-interval.ts';

// Kinematics of a G-5500's azimuth: 2 degrees take 632 ms, the last half degree 224 ms, the last
// degree 316 ms.
const axis = { speedDegPerS: 6.2, accelerationDegPerS2: 20 };
const motion = { azimuth: axis, elevation: axis };
const SETTLE_MS = 500;
const HOP_MS = 2 * Math.sqrt(2 / 20) * 1000;

/** Azimuth of a move of 2 degrees from rest to rest, milliseconds since the command. */
function hop(ms: number): number {
  const s = Math.min(Math.max(ms, 0), HOP_MS) / 1000;
  const half = HOP_MS / 2000;
  return s <= half ? 10 * s * s : 2 - 10 * (2 * half - s) ** 2;
}

interface SimulatedMove {
  azimuthAt: (ms: number) => number;
  stepDeg: number;
  roundTripMs?: number;
  latenessMs?: number;
}

/** Polls as the motion loop does until the settle time is over. */
function settle({ azimuthAt, stepDeg, roundTripMs = 0.2, latenessMs = 0 }: SimulatedMove) {
  const at = (azimuthDeg: number) => ({ azimuthDeg, elevationDeg: 0 });
  const read = (ms: number) => Math.round(azimuthAt(ms) / stepDeg) * stepDeg;
  const order = { toleranceDeg: 0.5, motion, startedMs: 0, latenessMs, restSetpoint: at(0) };
  let track = startTrack({ ...order, from: at(0), target: at(2) });
  const readings: number[] = [];
  let restsSinceMs = NaN;
  let pollMs = nextPollMs(track, 0, roundTripMs);
  for (let ms = 0; ms < 60_000;) {
    ms += pollMs + roundTripMs;
    const atMs = ms - roundTripMs / 2;
    const seen = observe(track, { pointing: at(read(atMs)), atMs }, stepDeg);
    track = seen.track;
    readings.push(read(atMs));
    if (seen.verdict === 'moving') {
      pollMs = nextPollMs(track, ms, roundTripMs);
      continue;
    }
    if (seen.verdict !== 'arrived') throw new Error(seen.verdict);
    restsSinceMs = seen.restsSinceMs;
    const dueMs = restsSinceMs + SETTLE_MS;
    const waitMs = nextSettlePollMs(atMs, dueMs, ms, roundTripMs);
    if (waitMs === undefined) return { overMs: Math.max(ms, dueMs), lastMs: atMs, restsSinceMs, readings };
    pollMs = waitMs;
  }
  throw new Error('the move never settles');
}

describe('the settle time', () => {
  test.each([0.01, 0.1, 0.5, 1])(
    'of a readback in steps of %d deg begins when the move is over',
    (stepDeg) => {
      const { overMs, restsSinceMs } = settle({ azimuthAt: hop, stepDeg });
      expect(restsSinceMs).toBeGreaterThanOrEqual(HOP_MS - 1e-6);
      expect(restsSinceMs).toBeLessThan(HOP_MS + 5);
      expect(overMs - restsSinceMs).toBeCloseTo(SETTLE_MS, 6);
    },
  );

  test('begins early for a rotor that is faster than configured', () => {
    const quick = settle({ azimuthAt: (ms) => hop(2 * ms), stepDeg: 0.1 });
    expect(quick.restsSinceMs).toBeGreaterThanOrEqual(HOP_MS / 2);
    expect(quick.restsSinceMs).toBeLessThan(HOP_MS / 2 + 205);
  });

  test.each([
    ['whole degrees', 1, 600],
    ['tenths', 0.1, 300],
  ])('of a late rotor with a readback in %s begins after its move', (_, stepDeg, lateMs) => {
    const { restsSinceMs } = settle({ azimuthAt: (ms) => hop(ms - lateMs), stepDeg });
    expect(restsSinceMs).toBeGreaterThanOrEqual(HOP_MS + lateMs);
  });

  test('is complete on a slow link, without too many queries', () => {
    const { overMs, restsSinceMs, lastMs, readings } = settle({
      azimuthAt: hop,
      stepDeg: 0.1,
      roundTripMs: 80,
    });
    expect(overMs).toBeGreaterThanOrEqual(HOP_MS + SETTLE_MS);
    expect(lastMs).toBeGreaterThan(restsSinceMs);
    expect(readings.length).toBeLessThanOrEqual(overMs / (3 * 80) + 1);
  });

  test('includes several readings, the last one just before its end', () => {
    const { overMs, lastMs, readings } = settle({ azimuthAt: hop, stepDeg: 0.1 });
    expect(readings.filter((deg) => deg === 2).length).toBeGreaterThanOrEqual(5);
    expect(overMs - lastMs).toBeLessThanOrEqual(15);
  });

  test.each([
    ['an overshoot', (ms: number) => (ms > HOP_MS + 200 && ms < HOP_MS + 700 ? 2.3 : hop(ms)), HOP_MS + 700],
    [
      'an oscillation out of the band',
      (ms: number) => hop(ms) + (ms > HOP_MS && ms < HOP_MS + 900 ? 0.7 * Math.sin((ms - HOP_MS) / 40) : 0),
      HOP_MS + 840,
    ],
    [
      'a slip out of the band',
      (ms: number) => (ms > HOP_MS + 300 && ms < HOP_MS + 420 ? 3 : hop(ms)),
      HOP_MS + 420,
    ],
  ])('starts again after %s', (_, azimuthAt, calmMs) => {
    const { overMs } = settle({ azimuthAt, stepDeg: 0.01 });
    expect(overMs).toBeGreaterThanOrEqual(calmMs + SETTLE_MS);
  });

  test('does not begin with a single reading on target', () => {
    const azimuthAt = (ms: number) => (ms > 190 && ms < 210 ? 2 : hop(ms - 400));
    const { restsSinceMs } = settle({ azimuthAt, stepDeg: 0.01 });
    expect(restsSinceMs).toBeGreaterThanOrEqual(HOP_MS + 400);
  });
});

describe('lateness', () => {
  test('is the minimum of the last moves', () => {
    let lateness = [250, 300, 280, 260, 310].reduce(learnLateness, []);
    expect(expectedLatenessMs(lateness)).toBe(260);
    lateness = learnLateness(lateness, -20);
    expect(expectedLatenessMs(lateness)).toBe(0);
    expect(expectedLatenessMs([])).toBe(0);
  });

  test('delays the frequent polls until the late arrival', () => {
    const azimuthAt = (ms: number) => hop(ms - 250);
    const surprised = settle({ azimuthAt, stepDeg: 0.01 });
    const knowing = settle({ azimuthAt, stepDeg: 0.01, latenessMs: 250 });
    expect(knowing.readings.length).toBeLessThan(surprised.readings.length);
    expect(knowing.restsSinceMs).toBeLessThan(HOP_MS + 250 + 5);
  });
});
