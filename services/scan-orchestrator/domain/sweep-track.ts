import type { Pointing } from '#shared/sky/pointing';

/** A readback and its time, milliseconds on any clock. */
export interface TimedPointing {
  pointing: Pointing;
  atMs: number;
}

/** Positions of the rotor during a sweep along azimuth. */
export interface SweepTrack {
  /** Undefined without a readback shortly before and after this time. */
  at(atMs: number): Pointing | undefined;
}

// Positions between readbacks further apart are unknown.
const MAX_GAP_MS = 400;
// More than one step of the coarsest readback; configured speeds may be too low by a factor.
const FREE_JUMP_DEG = 1.5;
const SPEED_FACTOR = 4;

/** Consecutive equal readbacks. */
interface Stair {
  azimuthDeg: number;
  readings: number;
  firstMs: number;
  lastMs: number;
}

/**
 * Position by time, from coarse and noisy readbacks with known times and occasional nonsense. Drops
 * implausible jumps and makes the rest monotonic by isotonic regression (pool adjacent violators),
 * which yields the staircase of a coarse sensor. The edges of the staircase are the most accurate
 * points: halfway in time between two steps, the rotor was halfway between them.
 *
 * @param samples ordered by time
 * @param direction 1 towards larger azimuths, -1 towards smaller ones
 */
export function sweepTrack(
  samples: readonly TimedPointing[],
  direction: 1 | -1,
  speedDegPerS: number,
): SweepTrack {
  const kept = plausible(samples, speedDegPerS);
  const knots = edges(stairs(kept, direction));
  const times = kept.map(({ atMs }) => atMs);
  const knotTimes = knots.map(({ atMs }) => atMs);
  return {
    at(atMs) {
      const after = firstAtOrAfter(times, atMs);
      const [previous, next] = [kept[times[after] === atMs ? after : after - 1], kept[after]];
      if (!previous || !next) return undefined;
      if (atMs - previous.atMs > MAX_GAP_MS || next.atMs - atMs > MAX_GAP_MS) return undefined;
      return {
        azimuthDeg: interpolate(knots, firstAtOrAfter(knotTimes, atMs), atMs),
        elevationDeg: (previous.pointing.elevationDeg + next.pointing.elevationDeg) / 2,
      };
    },
  };
}

/**
 * Drops readbacks that the rotor cannot have reached since the previous one; the first one is
 * trusted.
 */
function plausible(samples: readonly TimedPointing[], speedDegPerS: number): TimedPointing[] {
  const kept: TimedPointing[] = [];
  for (const sample of samples) {
    const last = kept.at(-1);
    if (last && sample.atMs <= last.atMs) continue;
    const maxDeg = last && FREE_JUMP_DEG + (SPEED_FACTOR * speedDegPerS * (sample.atMs - last.atMs)) / 1000;
    const movedDeg = last ? Math.abs(sample.pointing.azimuthDeg - last.pointing.azimuthDeg) : 0;
    if (maxDeg === undefined || movedDeg <= maxDeg) kept.push(sample);
  }
  return kept;
}

function stairs(samples: readonly TimedPointing[], direction: 1 | -1): Stair[] {
  const done: Stair[] = [];
  for (const { pointing, atMs } of samples) {
    let stair: Stair = { azimuthDeg: pointing.azimuthDeg, readings: 1, firstMs: atMs, lastMs: atMs };
    for (let before = done.at(-1); before; before = done.at(-1)) {
      if (direction * (stair.azimuthDeg - before.azimuthDeg) > 0) break;
      done.pop();
      stair = pooled(before, stair);
    }
    done.push(stair);
  }
  return done;
}

function pooled(a: Stair, b: Stair): Stair {
  const readings = a.readings + b.readings;
  const azimuthDeg = (a.azimuthDeg * a.readings + b.azimuthDeg * b.readings) / readings;
  return { azimuthDeg, readings, firstMs: a.firstMs, lastMs: b.lastMs };
}

interface Knot {
  atMs: number;
  azimuthDeg: number;
}

function edges(steps: readonly Stair[]): Knot[] {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return [];
  const between = steps.slice(1).map((stair, i): Knot => {
    const before = steps[i] as Stair;
    return {
      atMs: (before.lastMs + stair.firstMs) / 2,
      azimuthDeg: (before.azimuthDeg + stair.azimuthDeg) / 2,
    };
  });
  return [
    { atMs: first.firstMs, azimuthDeg: first.azimuthDeg },
    ...between,
    { atMs: last.lastMs, azimuthDeg: last.azimuthDeg },
  ];
}

function interpolate(knots: readonly Knot[], after: number, atMs: number): number {
  const [a, b] = [knots[after - 1], knots[after]];
  if (!a || !b) return (a ?? b)?.azimuthDeg ?? NaN;
  const share = b.atMs > a.atMs ? (atMs - a.atMs) / (b.atMs - a.atMs) : 1;
  return a.azimuthDeg + share * (b.azimuthDeg - a.azimuthDeg);
}

/** Index of the first time >= atMs; the length if there is none. */
function firstAtOrAfter(times: readonly number[], atMs: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
