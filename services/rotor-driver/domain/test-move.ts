import { median } from './statistics.ts';
import { restOf, type Rest, type Trace } from './trace.ts';
import type { Progress } from './trapezoid.ts';

/**
 * A move that went somewhere: where it came to rest, and its way there from its start on, always
 * forwards.
 */
export interface TestMove extends Trace {
  rest: Rest;
  /** 1 towards larger angles, -1 towards smaller ones. */
  direction: number;
  distanceDeg: number;
  /** Seconds since the command; what happens after the arrival is no part of it. */
  way: Progress[];
}

const READINGS_AT_REST = 10;
const LEAST_DEG = 0.5;

/** Undefined for a move that went nowhere. */
export function testMoveOf(trace: Trace, stepDeg: number): TestMove | undefined {
  const { readings, commandedMs } = trace;
  const rest = restOf(trace, stepDeg);
  const direction = Math.sign(trace.toDeg - trace.fromDeg);
  const resting = readings.filter(({ atMs }) => atMs <= commandedMs);
  const startDeg = median((resting.length > 0 ? resting : readings.slice(0, 1)).map(({ deg }) => deg));
  if (!rest || startDeg === undefined) return undefined;
  const distanceDeg = direction * (rest.deg - startDeg);
  if (distanceDeg <= Math.max(2 * stepDeg, LEAST_DEG)) return undefined;
  const arrived = readings.findIndex(({ atMs }) => atMs >= rest.firstMs);
  const way = readings.slice(0, arrived + READINGS_AT_REST).map(({ atMs, deg }) => ({
    seconds: (atMs - commandedMs) / 1000,
    deg: Math.min(distanceDeg, direction * (deg - startDeg)),
  }));
  return { ...trace, rest, direction, distanceDeg, way };
}
