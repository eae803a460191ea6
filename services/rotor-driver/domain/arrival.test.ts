import { describe, expect, test } from 'vitest';
import { observe, startTrack, type Verdict } from './arrival.ts';
import { nextPollMs } from './poll-interval.ts';

const speed = { speedDegPerS: 6, accelerationDegPerS2: 1000 };
const motion = { azimuth: speed, elevation: speed };

/** A simulated move: azimuth over the time since the command, in milliseconds. */
interface SimulatedMove {
  azimuthAt: (ms: number) => number;
  to: number;
  /** Step of the readback. */
  stepDeg?: number;
  toleranceDeg?: number;
  forMs?: number;
}

/** Polls the move as the motion loop does until there is a verdict. */
function simulate({ azimuthAt, to, stepDeg = 0.01, toleranceDeg = 1, forMs = 200_000 }: SimulatedMove): {
  verdict: Verdict;
  atMs: number;
} {
  const read = (ms: number) => Math.round(azimuthAt(ms) / stepDeg) * stepDeg;
  const at = (azimuthDeg: number) => ({ azimuthDeg, elevationDeg: 0 });
  let track = startTrack({ from: at(read(0)), target: at(to), toleranceDeg, motion, startedMs: 0 });
  let ms = 0;
  while (ms < forMs) {
    ms += nextPollMs(track, ms, 0.2);
    const pointing = at(read(ms));
    const step = observe(track, { pointing, atMs: ms }, stepDeg);
    track = step.track;
    if (step.verdict !== 'moving') return { verdict: step.verdict, atMs: ms };
  }
  return { verdict: 'moving', atMs: ms };
}

const ramp =
  (to: number, degPerS = 6, from = 0) =>
  (ms: number) =>
    to >= from ? Math.min(to, from + (degPerS * ms) / 1000) : Math.max(to, from - (degPerS * ms) / 1000);

describe('arrival', () => {
  test('a stop on target is detected within a few milliseconds', () => {
    const { verdict, atMs } = simulate({ azimuthAt: ramp(2), to: 2 });
    expect(verdict).toBe('arrived');
    expect(atMs).toBeGreaterThan(333);
    expect(atMs).toBeLessThan(345);
  });

  test.each([
    ['three times slower', 2, 10],
    ['five times faster', 30, 20],
    ['ten times slower', 0.6, 4],
  ])('a rotor %s than configured arrives at the right time', (_, degPerS, to) => {
    const { verdict, atMs } = simulate({ azimuthAt: ramp(to, degPerS), to });
    expect(verdict).toBe('arrived');
    expect(atMs).toBeGreaterThan((1000 * (to - 0.03)) / degPerS);
    expect(atMs).toBeLessThan((1000 * to) / degPerS + 400);
  });

  test('a move in the negative direction arrives', () => {
    expect(simulate({ azimuthAt: ramp(-20, 6, 10), to: -20 }).verdict).toBe('arrived');
  });

  test('a rotor that rests within tolerance has arrived', () => {
    const { verdict, atMs } = simulate({ azimuthAt: ramp(9.6), to: 10 });
    expect(verdict).toBe('arrived');
    expect(atMs).toBeGreaterThan(1_600 + 100);
    expect(atMs).toBeLessThan(2_500);
  });

  test.each([0.8, 1, 2, 6, 12])(
    'a rotor that passes through the tolerance at %d deg/s has not arrived',
    (degPerS) => {
      // Reverses 1.5 deg beyond the target and returns to it.
      const turnMs = (1000 * 11.5) / degPerS;
      const backMs = (1000 * 1.5) / degPerS;
      const azimuthAt = (ms: number) =>
        ms < turnMs ? (degPerS * ms) / 1000 : Math.max(10, 11.5 - (degPerS * (ms - turnMs)) / 1000);
      const { verdict, atMs } = simulate({ azimuthAt, to: 10 });
      expect(verdict).toBe('arrived');
      expect(atMs).toBeGreaterThan(turnMs + backMs - 10);
    },
  );

  test('with a readback in whole degrees the rest takes at least the time of one step', () => {
    const { verdict, atMs } = simulate({ azimuthAt: ramp(10.4), to: 10.4, stepDeg: 1 });
    expect(verdict).toBe('arrived');
    expect(atMs).toBeGreaterThan(1_733);
    expect(atMs).toBeLessThan(2_600);
  });

  test('a rotor with a noisy sensor has arrived when it stays within tolerance', () => {
    const noise = (ms: number) => 0.3 * Math.sin(ms * 1.7);
    const { verdict, atMs } = simulate({ azimuthAt: (ms) => ramp(10)(ms) + noise(ms), to: 10 });
    expect(verdict).toBe('arrived');
    expect(atMs).toBeGreaterThan(1_667);
    expect(atMs).toBeLessThan(3_000);
  });

  test('a target within tolerance of the start still needs the move', () => {
    const lateMs = 60;
    const { verdict, atMs } = simulate({ azimuthAt: (ms) => ramp(0.5)(Math.max(0, ms - lateMs)), to: 0.5 });
    expect(verdict).toBe('arrived');
    expect(atMs).toBeGreaterThan(83);
  });

  test('a rotor that rests on its target has arrived', () => {
    expect(simulate({ azimuthAt: () => 10, to: 10 }).verdict).toBe('arrived');
  });
});

describe('failed moves', () => {
  test.each([
    ['never starts', () => 0],
    ['stops halfway', ramp(20)],
    ['is slow and stops', ramp(5, 1)],
  ])('a rotor that %s has stalled', (_, azimuthAt) => {
    expect(simulate({ azimuthAt, to: 40 }).verdict).toBe('stalled');
  });

  test('a slow rotor has not stalled', () => {
    expect(simulate({ azimuthAt: ramp(40, 0.3), to: 40, forMs: 50_000 }).verdict).toBe('moving');
  });

  test('a rotor that creeps is overdue within 60 s', () => {
    const { verdict, atMs } = simulate({ azimuthAt: ramp(40, 0.3), to: 40 });
    expect(verdict).toBe('overdue');
    expect(atMs).toBeLessThan(60_000);
  });

  test.each([
    ['back to the start', (ms: number) => (ms < 2_000 ? ramp(40)(ms) : ramp(-20, 6, 12)(ms - 2_000))],
    ['past the target', ramp(90)],
    ['in the wrong direction from the start', ramp(-90)],
  ])('a rotor that moves %s has diverged', (_, azimuthAt) => {
    const { verdict, atMs } = simulate({ azimuthAt, to: 40 });
    expect(verdict).toBe('diverged');
    expect(atMs).toBeLessThan(8_000);
  });

  test('a single outlier is not a divergence', () => {
    const azimuthAt = (ms: number) => ramp(40)(ms) + (ms > 900 && ms < 1_100 ? 8 : 0);
    expect(simulate({ azimuthAt, to: 40 }).verdict).toBe('arrived');
  });
});
