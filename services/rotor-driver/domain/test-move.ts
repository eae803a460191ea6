import { median } from './statistics.ts';
import { moveEndOf, type MoveEnd, type Trace } from './trace.ts';
import type { Progress } from './trapezoid.ts';

/** A completed test move with its progress from start to end; progress is always positive. */
export interface TestMove extends Trace {
  rest: MoveEnd;
  /** 1 towards larger angles, -1 towards smaller ones. */
  direction: number;
  distanceDeg: number;
  /** Seconds since the command, up to the arrival. */
  progress: Progress[];
}

const READINGS_AT_REST = 10;
const MIN_DEG = 0.5;

/** Undefined for a move without motion. */
export function testMoveOf(trace: Trace, stepDeg: number): TestMove | undefined {
  const { readings, commandedMs } = trace;
  const rest = moveEndOf(trace, stepDeg);
  const direction = Math.sign(trace.toDeg - trace.fromDeg);
  const resting = readings.filter(({ atMs }) => atMs <= commandedMs);
  const startDeg = median((resting.length > 0 ? resting : readings.slice(0, 1)).map(({ deg }) => deg));
  if (!rest || startDeg === undefined) return undefined;
  const distanceDeg = direction * (rest.deg - startDeg);
  if (distanceDeg <= Math.max(2 * stepDeg, MIN_DEG)) return undefined;
  const arrived = readings.findIndex(({ atMs }) => atMs >= rest.firstMs);
  const progress = readings.slice(0, arrived + READINGS_AT_REST).map(({ atMs, deg }) => ({
    seconds: (atMs - commandedMs) / 1000,
    deg: Math.min(distanceDeg, direction * (deg - startDeg)),
  }));
  return { ...trace, rest, direction, distanceDeg, progress };
}
