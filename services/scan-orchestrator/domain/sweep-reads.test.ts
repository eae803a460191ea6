import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  antennaDeg,
  durationMs,
  readbacks,
  reads,
  type SyntheticSweep,
} from '../../../test/support/synthetic-sweep.ts';
import { findLag, showsEnough } from './sweep-lag.ts';
import { binReads, meanPointing, placeReads, type PlacedRead, type TimedRead } from './sweep-reads.ts';
import { sweepTrack } from './sweep-track.ts';

const CELLS = 12;
// More samples of a slow sweep show nothing new.
const MAX_SAMPLES = 2_000;
const elevationDeg = 30;
const at = (azimuthDeg: number) => ({ azimuthDeg, elevationDeg });
const rowOf = (stepDeg: number) => ({
  setpoints: Array.from({ length: CELLS }, (_, i) => at(i * stepDeg)),
  stepDeg,
  maxOffsetDeg: 0.5,
});

/** A row of twelve cells with run-up. */
function sweepOver(stepDeg: number, change: Partial<SyntheticSweep> = {}): SyntheticSweep {
  const { motion = { speedDegPerS: 6, accelerationDegPerS2: 20 } } = change;
  const runUpDeg = stepDeg / 2 + motion.speedDegPerS ** 2 / (2 * motion.accelerationDegPerS2) + 0.5;
  return {
    fromDeg: -runUpDeg,
    toDeg: (CELLS - 1) * stepDeg + runUpDeg,
    elevationDeg,
    motion,
    startMs: 1_000,
    pollMs: 20,
    resolutionDeg: 0.1,
    readMs: 10,
    levelDb: () => -90,
    ...change,
  };
}

const back = (sweep: SyntheticSweep): SyntheticSweep => ({
  ...sweep,
  fromDeg: sweep.toDeg,
  toDeg: sweep.fromDeg,
  startMs: 100_000,
});

function placed(sweep: SyntheticSweep, list: TimedRead[] = reads(sweep)): PlacedRead[] {
  const direction = sweep.toDeg > sweep.fromDeg ? 1 : -1;
  return placeReads(list, sweepTrack(readbacks(sweep), direction, sweep.motion.speedDegPerS), direction);
}

/** A source of this width between the cells. */
const source =
  (azimuthDeg: number, hpbwDeg: number): SyntheticSweep['levelDb'] =>
  (deg) =>
    10 * Math.log10(1e-9 + 1e-7 * Math.exp(-4 * Math.LN2 * ((deg - azimuthDeg) / hpbwDeg) ** 2));

/**
 * Position of the source in a row of points: their readbacks weighted with the power above the
 * ground.
 */
function centroid(bins: readonly PlacedRead[][]): number {
  let [sum, weights] = [0, 0];
  for (const bin of bins) {
    if (bin.length === 0) continue;
    const power = bin.reduce((total, { levelDb }) => total + 10 ** (levelDb / 10), 0) / bin.length - 1e-9;
    sum += power * meanPointing(bin).azimuthDeg;
    weights += power;
  }
  return sum / weights;
}

const anySweep = fc.record({
  speedDegPerS: fc.double({ min: 0.5, max: 70, noNaN: true }),
  accelerationDegPerS2: fc.double({ min: 3, max: 400, noNaN: true }),
  pollMs: fc.integer({ min: 8, max: 300 }),
  resolutionDeg: fc.constantFrom(0, 0.01, 0.1, 1),
  stepDeg: fc.constantFrom(0.5, 1, 2, 5),
  readMs: fc.constantFrom(2, 10, 50),
  isBack: fc.boolean(),
});

describe('reads of a sweep', () => {
  test('belong to the cells over which they were taken, at any speed, poll rate and resolution', () => {
    fc.assert(
      fc.property(anySweep, ({ speedDegPerS, accelerationDegPerS2, stepDeg, isBack, ...others }) => {
        const motion = { speedDegPerS, accelerationDegPerS2 };
        const shortestMs = durationMs(sweepOver(stepDeg, { motion })) / MAX_SAMPLES;
        const rest = {
          ...others,
          pollMs: Math.max(others.pollMs, shortestMs),
          readMs: Math.max(others.readMs, shortestMs),
        };
        const one = sweepOver(stepDeg, { motion, ...rest });
        const sweep = isBack ? back(one) : one;
        // Half a step of the readback plus the motion between two polls.
        const doubtDeg =
          rest.resolutionDeg / 2 +
          Math.min(
            (speedDegPerS * rest.pollMs) / 1000,
            rest.resolutionDeg > 0 ? Infinity : (accelerationDegPerS2 * (rest.pollMs / 1000) ** 2) / 2,
          ) +
          1e-6;
        const all = reads(sweep);
        const bins = binReads(placed(sweep, all), rowOf(stepDeg), 0);
        const cellOf = new Map(bins.flatMap((bin, cell) => bin.map(({ middleMs }) => [middleMs, cell])));
        const wrong = all.filter(({ middleMs }) => {
          const azimuthDeg = antennaDeg(sweep, middleMs);
          const asideDeg = (cell: number) => Math.abs(azimuthDeg - cell * stepDeg);
          const nearest = Math.min(CELLS - 1, Math.max(0, Math.round(azimuthDeg / stepDeg)));
          const cell = cellOf.get(middleMs);
          return cell === undefined
            ? asideDeg(nearest) < stepDeg / 2 - doubtDeg
            : asideDeg(cell) > stepDeg / 2 + doubtDeg;
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('show a point source within a tenth of a step, whichever way the row is swept', () => {
    const sources = fc.record({
      speedDegPerS: fc.double({ min: 2, max: 20, noNaN: true }),
      pollMs: fc.integer({ min: 8, max: 60 }),
      resolutionDeg: fc.constantFrom(0, 0.01, 0.1),
      azimuthDeg: fc.double({ min: 9, max: 13, noNaN: true }),
      isBack: fc.boolean(),
    });
    fc.assert(
      fc.property(sources, ({ speedDegPerS, azimuthDeg, isBack, ...rest }) => {
        const motion = { speedDegPerS, accelerationDegPerS2: 30 };
        const one = sweepOver(2, { motion, ...rest, levelDb: source(azimuthDeg, 5) });
        const bins = binReads(placed(isBack ? back(one) : one), rowOf(2), 0);
        expect(Math.abs(centroid(bins) - azimuthDeg)).toBeLessThan(0.2);
      }),
      { numRuns: 60 },
    );
  });

  test('with whole-degree readbacks show it within a fifth of a step', () => {
    const sweep = sweepOver(2, { resolutionDeg: 1, pollMs: 60, levelDb: source(11, 5) });
    for (const one of [sweep, back(sweep)])
      expect(Math.abs(centroid(binReads(placed(one), rowOf(2), 0)) - 11)).toBeLessThan(0.4);
  });

  test('without readbacks around them or with doubtful times are dropped', () => {
    const sweep = sweepOver(2);
    const all = readbacks(sweep);
    const [from, to] = [2_000, 3_000];
    const track = sweepTrack(
      all.filter(({ atMs }) => atMs < from || atMs > to),
      1,
      6,
    );
    const times = placeReads(reads(sweep), track, 1).map(({ middleMs }) => middleMs);
    expect(times.filter((ms) => ms > from + 1 && ms < to - 21)).toEqual([]);
    expect(times.some((ms) => ms < from)).toBe(true);

    const converter = { clippedFraction: 0, rmsLsb: 10, droppedSamples: 0 };
    const lossy = reads(sweep).map((read) => ({
      ...read,
      converter: { ...converter, droppedSamples: Math.abs(read.middleMs - 3_005) < 1 ? 5 : 0 },
    }));
    const kept = placed(sweep, lossy).map(({ middleMs }) => middleMs);
    expect(kept.some((ms) => ms > 2_605 && ms <= 3_005)).toBe(false);
    expect(
      kept.filter((ms) => (ms > 2_550 && ms < 2_605) || (ms > 3_005 && ms < 3_100)).length,
    ).toBeGreaterThan(10);
  });

  test('tolerate readbacks that are nonsense or go back a little', () => {
    const sweep = sweepOver(2, { levelDb: source(11, 5) });
    const samples = readbacks(sweep).map((sample, i) => {
      if (i % 37 === 20) return { ...sample, pointing: at(777) };
      const { azimuthDeg } = sample.pointing;
      return { ...sample, pointing: at(azimuthDeg + (i % 2 === 0 ? 0.1 : -0.1)) };
    });
    const bins = binReads(placeReads(reads(sweep), sweepTrack(samples, 1, 6), 1), rowOf(2), 0);
    expect(Math.abs(centroid(bins) - 11)).toBeLessThan(0.1);
  });

  test('taken off the row belong to no cell', () => {
    const sweep = sweepOver(2, { elevationDeg: 30.6 });
    expect(binReads(placed(sweep), rowOf(2), 0).flat()).toEqual([]);
  });
});

describe('the lag of sweeps', () => {
  const noise = (seed: number) => {
    let state = seed;
    return () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return (state / 2_147_483_648 - 0.5) * 0.1;
    };
  };
  const bothWays = (sweep: SyntheticSweep) => {
    const random = noise(7);
    const noisy = (one: SyntheticSweep) =>
      placed(
        one,
        reads(one).map((read) => ({ ...read, levelDb: read.levelDb + random() })),
      );
    return [...noisy(sweep), ...noisy(back(sweep))];
  };

  test.each([0, 0.3, 1, -0.4])('is found where a gear has %s deg of backlash', (playDeg) => {
    const list = bothWays(sweepOver(2, { playDeg, levelDb: source(8.3, 5) }));
    expect(
      showsEnough(
        list.filter(({ direction }) => direction === 1),
        2,
      ),
    ).toBe(true);
    expect(findLag(list, 2, 2.5)?.lagDeg).toBeCloseTo(playDeg, 1);
  });

  test('is corrected so that both directions agree', () => {
    const sweep = sweepOver(2, { playDeg: 0.5, levelDb: source(8.3, 5) });
    const list = bothWays(sweep);
    const lagDeg = findLag(list, 2, 2.5)?.lagDeg ?? 0;
    for (const direction of [1, -1]) {
      const one = list.filter((read) => read.direction === direction);
      expect(Math.abs(centroid(binReads(one, rowOf(2), lagDeg)) - 8.3)).toBeLessThan(0.1);
    }
  });

  test.each([
    ['noise', () => -90],
    ['a gradient', (deg: number) => -90 + 0.3 * deg],
  ])('is not found in %s', (_, levelDb) => {
    const list = bothWays(sweepOver(2, { playDeg: 0.5, levelDb }));
    expect(findLag(list, 2, 2.5)).toBeUndefined();
  });

  test('is not found if a source was present only once', () => {
    const there = bothWays(sweepOver(2, { levelDb: source(8.3, 5) }));
    const gone = bothWays(sweepOver(2));
    const list = [
      ...there.filter(({ direction }) => direction === 1),
      ...gone.filter(({ direction }) => direction === -1),
    ];
    expect(findLag(list, 2, 2.5)).toBeUndefined();
  });

  test('is not worth a second sweep with noise only', () => {
    const list = bothWays(sweepOver(2));
    expect(
      showsEnough(
        list.filter(({ direction }) => direction === 1),
        2,
      ),
    ).toBe(false);
  });
});
